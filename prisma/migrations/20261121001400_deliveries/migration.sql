-- Deliveries out: endpoints, what signs for them, one row an event and endpoint, one row an attempt. `events` is their outbox.
CREATE TABLE "endpoints" (
    "id" TEXT COLLATE "C" NOT NULL,
    "tenant_id" TEXT COLLATE "C" NOT NULL,
    "url" TEXT NOT NULL,
    "name" TEXT NOT NULL DEFAULT '',
    "event_types" TEXT[],
    "data" TEXT NOT NULL DEFAULT 'thin' CHECK ("data" IN ('thin', 'full')),
    "ordered" TEXT CHECK ("ordered" IN ('connection')),
    "status" TEXT NOT NULL DEFAULT 'enabled' CHECK ("status" IN ('enabled', 'disabled')),
    "disabled_because" TEXT CHECK ("disabled_because" IN ('by_hand', 'gone', 'failing')),
    "disabled_at" TIMESTAMPTZ(3),
    "position" BIGINT NOT NULL,
    "lane" TEXT NOT NULL DEFAULT 'quick' CHECK ("lane" IN ('quick', 'slow')),
    "failing_since" TIMESTAMPTZ(3),
    "failures_in_a_row" INTEGER NOT NULL DEFAULT 0,
    "secret_version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "endpoints_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "endpoints_tenant_id_idx" ON "endpoints" ("tenant_id");

CREATE TABLE "endpoint_secrets" (
    "endpoint_id" TEXT COLLATE "C" NOT NULL,
    "version" INTEGER NOT NULL,
    "tenant_id" TEXT COLLATE "C" NOT NULL,
    "kind" TEXT NOT NULL,
    "public_key" TEXT,
    "sealed" BYTEA NOT NULL,
    "key_version" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "retires_at" TIMESTAMPTZ(3),

    CONSTRAINT "endpoint_secrets_pkey" PRIMARY KEY ("endpoint_id", "version")
);

CREATE TABLE "deliveries" (
    "id" TEXT COLLATE "C" NOT NULL,
    "tenant_id" TEXT COLLATE "C" NOT NULL,
    "endpoint_id" TEXT COLLATE "C" NOT NULL,
    "event_id" TEXT COLLATE "C" NOT NULL,
    "event_type" TEXT NOT NULL,
    "connection_id" TEXT COLLATE "C",
    "position" BIGINT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'pending' CHECK ("state" IN ('pending', 'delivered', 'failed')),
    "because" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "leased_until" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "deliveries_pkey" PRIMARY KEY ("id")
);
-- An event is one delivery to an endpoint, however often it is fanned out.
CREATE UNIQUE INDEX "deliveries_endpoint_id_event_id_key" ON "deliveries" ("endpoint_id", "event_id");
CREATE INDEX "deliveries_due" ON "deliveries" ("endpoint_id", "due_at", "position") WHERE "state" = 'pending';
CREATE INDEX "deliveries_leased" ON "deliveries" ("endpoint_id", "leased_until") WHERE "leased_until" IS NOT NULL;
-- What an endpoint with an order looks at: is an earlier one of the connection still pending?
CREATE INDEX "deliveries_before" ON "deliveries" ("endpoint_id", "connection_id", "position") WHERE "state" = 'pending';
CREATE INDEX "deliveries_tenant_id_id_idx" ON "deliveries" ("tenant_id", "id");

CREATE TABLE "delivery_attempts" (
    "delivery_id" TEXT COLLATE "C" NOT NULL,
    "number" INTEGER NOT NULL,
    "tenant_id" TEXT COLLATE "C" NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "took_ms" INTEGER NOT NULL,
    "headers" JSONB NOT NULL,
    "body" TEXT NOT NULL,
    "status" INTEGER,
    "code" TEXT,
    "answer" TEXT,

    CONSTRAINT "delivery_attempts_pkey" PRIMARY KEY ("delivery_id", "number")
);

CREATE TABLE "told_changes" (
    "tenant_id" TEXT COLLATE "C" NOT NULL,
    "resource" TEXT COLLATE "C" NOT NULL,
    "position" BIGINT NOT NULL,
    "told_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "told_changes_pkey" PRIMARY KEY ("tenant_id", "resource")
);

DO $$
DECLARE
    name text;
    own constant text := '"tenant_id" = (SELECT nullif(current_setting(''app.tenant'', true), ''''))';
BEGIN
    FOREACH name IN ARRAY ARRAY['endpoints', 'endpoint_secrets', 'deliveries', 'delivery_attempts', 'told_changes'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY "tenant_owns" ON %I TO mooring_tenant USING (%s) WITH CHECK (%s)', name, own, own);
        EXECUTE format('CREATE POLICY "system_sees_all" ON %I TO mooring_system USING (true) WITH CHECK (true)', name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO mooring_tenant, mooring_system', name);
    END LOOP;
END
$$;

-- What changed before there was anybody to tell is not told.
SET ROLE mooring_system;
INSERT INTO "told_changes" ("tenant_id", "resource", "position", "told_at")
    SELECT "tenant_id", "feed", "position", now() FROM "feed_heads" WHERE "feed" <> 'events';
RESET ROLE;
