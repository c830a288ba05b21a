-- One order over the events of all tenants, for who reads them all: a position that is given after the commit, so that writers of different
-- tenants never wait for each other. `seq` tells in which order to give it: it is drawn under the lock of the tenant's own feed, so a
-- tenant's events keep their order.
ALTER TABLE "events" ADD COLUMN "seq" BIGINT, ADD COLUMN "overall_position" BIGINT;
CREATE SEQUENCE "events_seq_seq" OWNED BY "events"."seq";

-- The owner is bound by row-level security as well; the system role sees all.
SET ROLE mooring_system;
UPDATE "events" SET "seq" = numbered."nth" FROM (
    SELECT "id", row_number() OVER (ORDER BY "told", "tenant_id", "position") AS "nth"
    FROM (SELECT "id", "tenant_id", "position", max("at") OVER (PARTITION BY "tenant_id" ORDER BY "position") AS "told" FROM "events") AS "all"
) AS numbered WHERE "events"."id" = numbered."id";
INSERT INTO "feed_heads" ("tenant_id", "feed", "position") VALUES ('*', 'events', 0);
RESET ROLE;

SELECT setval('"events_seq_seq"', (SELECT count(*) FROM "events") + 1);
ALTER TABLE "events" ALTER COLUMN "seq" SET DEFAULT nextval('"events_seq_seq"'), ALTER COLUMN "seq" SET NOT NULL;
GRANT USAGE ON SEQUENCE "events_seq_seq" TO mooring_tenant, mooring_system;
CREATE UNIQUE INDEX "events_overall_position_key" ON "events" ("overall_position");
CREATE INDEX "events_waiting_idx" ON "events" ("seq") WHERE "overall_position" IS NULL;
