-- Work on many connections at once, planned before it begins and told connection by connection.
ALTER TABLE "connections" ADD COLUMN "api_version" TEXT COLLATE "C";

CREATE TABLE "fleet_runs" (
    "id" TEXT COLLATE "C" NOT NULL,
    "tenant_id" TEXT COLLATE "C",
    "kind" TEXT NOT NULL,
    "platform" TEXT COLLATE "C",
    "registration_id" TEXT COLLATE "C",
    "target" JSONB NOT NULL DEFAULT '{}',
    "options" JSONB NOT NULL DEFAULT '{}',
    "status" TEXT NOT NULL DEFAULT 'planned',
    "reason" TEXT,
    "proof" JSONB,
    "requested_by" TEXT COLLATE "C" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "fleet_runs_pkey" PRIMARY KEY ("id")
);

-- Two runs of a kind over the same connections would only wait for each other. A revocation never waits.
CREATE UNIQUE INDEX "fleet_runs_one_at_a_time"
    ON "fleet_runs" ("kind", coalesce("platform", ''), coalesce("registration_id", ''), coalesce("tenant_id", ''))
    WHERE "status" IN ('running', 'paused') AND "kind" <> 'revocation';

CREATE TABLE "fleet_run_items" (
    "fleet_run_id" TEXT COLLATE "C" NOT NULL,
    "position" INTEGER NOT NULL,
    "connection_id" TEXT COLLATE "C" NOT NULL,
    "tenant_id" TEXT COLLATE "C" NOT NULL,
    "stage" TEXT,
    "outcome" TEXT NOT NULL DEFAULT 'pending',
    "code" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "generation_before" INTEGER,
    "generation_after" INTEGER,
    "next_try_at" TIMESTAMPTZ(3),
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "fleet_run_items_pkey" PRIMARY KEY ("fleet_run_id", "position")
);
CREATE INDEX "fleet_run_items_connection_id_idx" ON "fleet_run_items" ("connection_id");
CREATE INDEX "fleet_run_items_pending" ON "fleet_run_items" ("fleet_run_id", "stage", "position") WHERE "outcome" = 'pending';

DO $$
DECLARE
    name text;
    own constant text := '"tenant_id" = (SELECT nullif(current_setting(''app.tenant'', true), ''''))';
BEGIN
    FOREACH name IN ARRAY ARRAY['fleet_runs', 'fleet_run_items'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY "tenant_owns" ON %I TO mooring_tenant USING (%s) WITH CHECK (%s)', name, own, own);
        EXECUTE format('CREATE POLICY "system_sees_all" ON %I TO mooring_system USING (true) WITH CHECK (true)', name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO mooring_tenant, mooring_system', name);
    END LOOP;
END
$$;
