-- A held full pass: since when it ran (what changed later is alive), and when somebody confirmed its deletions.
ALTER TABLE "checkpoints" ADD COLUMN "held_pass_started_at" TIMESTAMPTZ(3), ADD COLUMN "held_confirmed_at" TIMESTAMPTZ(3);

-- A retried activity finds its run again by the workflow that runs it.
CREATE UNIQUE INDEX "sync_runs_workflow_id_temporal_run_id_key" ON "sync_runs" ("workflow_id", "temporal_run_id");
