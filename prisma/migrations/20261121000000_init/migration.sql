-- The first schema: tables and indexes as prisma/schema.prisma says, then what Prisma cannot say (partitions, roles, row-level security, triggers).

-- CreateTable
CREATE TABLE "tenants" (
    "id" TEXT COLLATE "C" NOT NULL,
    "name" TEXT NOT NULL,
    "settings" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "erasing_at" TIMESTAMPTZ(3),

    CONSTRAINT "tenants_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_keys" (
    "id" TEXT COLLATE "C" NOT NULL,
    "tenant_id" TEXT COLLATE "C",
    "role" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "data_keys" (
    "owner" TEXT COLLATE "C" NOT NULL,
    "version" INTEGER NOT NULL,
    "tenant_id" TEXT COLLATE "C",
    "wrapped" BYTEA NOT NULL,
    "kek_id" TEXT COLLATE "C" NOT NULL,
    "status" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "destroyed_at" TIMESTAMPTZ(3),

    CONSTRAINT "data_keys_pkey" PRIMARY KEY ("owner", "version")
);

-- CreateTable
CREATE TABLE "client_registrations" (
    "id" TEXT COLLATE "C" NOT NULL,
    "tenant_id" TEXT COLLATE "C",
    "platform" TEXT COLLATE "C" NOT NULL,
    "name" TEXT NOT NULL,
    "client_id" TEXT COLLATE "C" NOT NULL,
    "redirect_uri" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "status" TEXT NOT NULL DEFAULT 'active',
    "health" TEXT NOT NULL DEFAULT 'ok',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "client_registrations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "client_secrets" (
    "registration_id" TEXT COLLATE "C" NOT NULL,
    "version" INTEGER NOT NULL,
    "tenant_id" TEXT COLLATE "C",
    "sealed" BYTEA NOT NULL,
    "key_version" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "retires_at" TIMESTAMPTZ(3),

    CONSTRAINT "client_secrets_pkey" PRIMARY KEY ("registration_id", "version")
);

-- CreateTable
CREATE TABLE "connect_sessions" (
    "id" TEXT COLLATE "C" NOT NULL,
    "tenant_id" TEXT COLLATE "C" NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "platform" TEXT COLLATE "C",
    "permissions" TEXT[],
    "connection_id" TEXT COLLATE "C",
    "return_url" TEXT,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "connect_sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "authorizations" (
    "id" TEXT COLLATE "C" NOT NULL,
    "tenant_id" TEXT COLLATE "C" NOT NULL,
    "connection_id" TEXT COLLATE "C" NOT NULL,
    "session_id" TEXT COLLATE "C",
    "platform" TEXT COLLATE "C" NOT NULL,
    "obtain" TEXT NOT NULL,
    "state_hash" BYTEA,
    "browser_hash" BYTEA,
    "status" TEXT NOT NULL DEFAULT 'started',
    "refusal" TEXT,
    "refusal_detail" TEXT,
    "sealed" BYTEA,
    "key_version" INTEGER,
    "redirect_uri" TEXT,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "callback_at" TIMESTAMPTZ(3),
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "authorizations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "connections" (
    "id" TEXT COLLATE "C" NOT NULL,
    "tenant_id" TEXT COLLATE "C" NOT NULL,
    "platform" TEXT COLLATE "C" NOT NULL,
    "registration_id" TEXT COLLATE "C",
    "shop" JSONB NOT NULL,
    "shop_key" TEXT COLLATE "C",
    "shop_name" TEXT,
    "facts" JSONB NOT NULL DEFAULT '{}',
    "markets" TEXT[],
    "permissions" TEXT[],
    "granted_scopes" TEXT[],
    "lifecycle" TEXT COLLATE "C" NOT NULL DEFAULT 'connecting',
    "state" TEXT COLLATE "C" NOT NULL DEFAULT 'connecting',
    "health" TEXT NOT NULL DEFAULT 'ok',
    "health_cause" TEXT,
    "health_since" TIMESTAMPTZ(3),
    "next_try_at" TIMESTAMPTZ(3),
    "paused_by" TEXT,
    "reauth_reason" TEXT,
    "state_since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "seq" BIGINT NOT NULL DEFAULT 0,
    "generation" INTEGER NOT NULL DEFAULT 0,
    "epoch" INTEGER NOT NULL DEFAULT 0,
    "expires_at" TIMESTAMPTZ(3),
    "refresh_expires_at" TIMESTAMPTZ(3),
    "next_refresh_at" TIMESTAMPTZ(3),
    "last_refresh_at" TIMESTAMPTZ(3),
    "last_sync_at" TIMESTAMPTZ(3),
    "fenced_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "upstream_revocation" TEXT,
    "records_kept_until" TIMESTAMPTZ(3),
    "sync_interval_s" INTEGER NOT NULL DEFAULT 900,
    "stopped_resources" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "connections_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "credentials" (
    "connection_id" TEXT COLLATE "C" NOT NULL,
    "generation" INTEGER NOT NULL,
    "tenant_id" TEXT COLLATE "C" NOT NULL,
    "kind" TEXT COLLATE "C" NOT NULL,
    "sealed" BYTEA NOT NULL,
    "key_version" INTEGER NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "lifetime_s" INTEGER,
    "refresh_expires_at" TIMESTAMPTZ(3),
    "registration_version" INTEGER,
    "first_used_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "credentials_pkey" PRIMARY KEY ("connection_id", "generation")
);

-- CreateTable
CREATE TABLE "refresh_markers" (
    "connection_id" TEXT COLLATE "C" NOT NULL,
    "generation" INTEGER NOT NULL,
    "epoch" INTEGER NOT NULL,
    "tenant_id" TEXT COLLATE "C" NOT NULL,
    "sent_at" TIMESTAMPTZ(3) NOT NULL,
    "resolved_at" TIMESTAMPTZ(3),
    "outcome" TEXT,

    CONSTRAINT "refresh_markers_pkey" PRIMARY KEY ("connection_id", "generation", "epoch")
);

-- CreateTable
CREATE TABLE "transitions" (
    "connection_id" TEXT COLLATE "C" NOT NULL,
    "seq" BIGINT NOT NULL,
    "tenant_id" TEXT COLLATE "C" NOT NULL,
    "event" JSONB NOT NULL,
    "from_state" TEXT NOT NULL,
    "to_state" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "transitions_pkey" PRIMARY KEY ("connection_id", "seq")
);

-- CreateTable
CREATE TABLE "deadlines" (
    "tenant_id" TEXT COLLATE "C",
    "subject" TEXT COLLATE "C" NOT NULL,
    "kind" TEXT COLLATE "C" NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "note" TEXT,

    CONSTRAINT "deadlines_pkey" PRIMARY KEY ("subject", "kind")
);

-- CreateTable
CREATE TABLE "events" (
    "id" TEXT COLLATE "C" NOT NULL,
    "tenant_id" TEXT COLLATE "C" NOT NULL,
    "position" BIGINT NOT NULL,
    "type" TEXT COLLATE "C" NOT NULL,
    "connection_id" TEXT COLLATE "C",
    "data" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "feed_heads" (
    "tenant_id" TEXT COLLATE "C" NOT NULL,
    "feed" TEXT COLLATE "C" NOT NULL,
    "position" BIGINT NOT NULL DEFAULT 0,
    "epoch" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "feed_heads_pkey" PRIMARY KEY ("tenant_id", "feed")
);

-- CreateTable
CREATE TABLE "records" (
    "tenant_id" TEXT COLLATE "C" NOT NULL,
    "connection_id" TEXT COLLATE "C" NOT NULL,
    "resource" TEXT COLLATE "C" NOT NULL,
    "platform_id" TEXT COLLATE "C" NOT NULL,
    "position" BIGINT NOT NULL,
    "hash" UUID NOT NULL,
    "record" JSONB,
    "platform_updated_at" TIMESTAMPTZ(3),
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "records_pkey" PRIMARY KEY ("connection_id", "resource", "platform_id")
) PARTITION BY LIST ("resource");

-- CreateTable
CREATE TABLE "set_aside" (
    "connection_id" TEXT COLLATE "C" NOT NULL,
    "resource" TEXT COLLATE "C" NOT NULL,
    "platform_id" TEXT COLLATE "C" NOT NULL,
    "tenant_id" TEXT COLLATE "C" NOT NULL,
    "run_id" TEXT COLLATE "C" NOT NULL,
    "reason" TEXT NOT NULL,
    "path" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "set_aside_pkey" PRIMARY KEY ("connection_id", "resource", "platform_id")
);

-- CreateTable
CREATE TABLE "checkpoints" (
    "connection_id" TEXT COLLATE "C" NOT NULL,
    "resource" TEXT COLLATE "C" NOT NULL,
    "mode" TEXT COLLATE "C" NOT NULL,
    "tenant_id" TEXT COLLATE "C" NOT NULL,
    "run_id" TEXT COLLATE "C",
    "writer" TEXT,
    "cursor" JSONB,
    "watermark" TIMESTAMPTZ(3),
    "next_watermark" TIMESTAMPTZ(3),
    "pass_id" TEXT COLLATE "C",
    "pass_started_at" TIMESTAMPTZ(3),
    "pages" INTEGER NOT NULL DEFAULT 0,
    "records_seen" BIGINT NOT NULL DEFAULT 0,
    "held_pass_id" TEXT COLLATE "C",
    "held_run_id" TEXT COLLATE "C",
    "completed_at" TIMESTAMPTZ(3),
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "checkpoints_pkey" PRIMARY KEY ("connection_id", "resource", "mode")
);

-- CreateTable
CREATE TABLE "pass_pages" (
    "connection_id" TEXT COLLATE "C" NOT NULL,
    "resource" TEXT COLLATE "C" NOT NULL,
    "pass_id" TEXT COLLATE "C" NOT NULL,
    "page" INTEGER NOT NULL,
    "tenant_id" TEXT COLLATE "C" NOT NULL,
    "ids" TEXT[],

    CONSTRAINT "pass_pages_pkey" PRIMARY KEY ("connection_id", "resource", "pass_id", "page")
);

-- CreateTable
CREATE TABLE "sync_requests" (
    "id" TEXT COLLATE "C" NOT NULL,
    "tenant_id" TEXT COLLATE "C" NOT NULL,
    "connection_id" TEXT COLLATE "C" NOT NULL,
    "resources" TEXT[],
    "mode" TEXT COLLATE "C" NOT NULL,
    "requested_by" TEXT NOT NULL,
    "run_id" TEXT COLLATE "C",
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "claimed_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "sync_requests_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sync_runs" (
    "id" TEXT COLLATE "C" NOT NULL,
    "tenant_id" TEXT COLLATE "C" NOT NULL,
    "connection_id" TEXT COLLATE "C" NOT NULL,
    "workflow_id" TEXT COLLATE "C" NOT NULL,
    "temporal_run_id" TEXT COLLATE "C" NOT NULL,
    "trigger" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'running',
    "progress" JSONB NOT NULL DEFAULT '{}',
    "error" JSONB,
    "held_deletions" JSONB,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "sync_runs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rate_budgets" (
    "bucket" TEXT COLLATE "C" NOT NULL,
    "tenant_id" TEXT COLLATE "C",
    "tokens" DOUBLE PRECISION NOT NULL,
    "granted" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "blocked_until" TIMESTAMPTZ(3),

    CONSTRAINT "rate_budgets_pkey" PRIMARY KEY ("bucket")
);

-- CreateTable
CREATE TABLE "endpoint_uses" (
    "tenant_id" TEXT COLLATE "C" NOT NULL,
    "connection_id" TEXT COLLATE "C" NOT NULL,
    "endpoint" TEXT COLLATE "C" NOT NULL,
    "day" DATE NOT NULL,
    "calls" BIGINT NOT NULL DEFAULT 0,
    "failures" BIGINT NOT NULL DEFAULT 0,
    "last_called_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "endpoint_uses_pkey" PRIMARY KEY ("connection_id", "endpoint", "day")
);

-- CreateTable
CREATE TABLE "audit_events" (
    "id" TEXT COLLATE "C" NOT NULL,
    "tenant_id" TEXT COLLATE "C",
    "actor" TEXT NOT NULL,
    "action" TEXT COLLATE "C" NOT NULL,
    "target" TEXT COLLATE "C" NOT NULL,
    "connection_id" TEXT COLLATE "C",
    "outcome" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "detail" JSONB NOT NULL DEFAULT '{}',
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "seq" BIGSERIAL NOT NULL,
    "chain_position" BIGINT,
    "previous_hash" BYTEA,
    "hash" BYTEA,

    CONSTRAINT "audit_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_heads" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "position" BIGINT NOT NULL DEFAULT 0,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "audit_heads_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotency_keys" (
    "scope" TEXT COLLATE "C" NOT NULL,
    "key" TEXT COLLATE "C" NOT NULL,
    "tenant_id" TEXT COLLATE "C",
    "request_hash" BYTEA NOT NULL,
    "status" TEXT NOT NULL,
    "sealed" BYTEA,
    "key_version" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("scope", "key")
);

-- CreateTable
CREATE TABLE "breakers" (
    "scope" TEXT COLLATE "C" NOT NULL,
    "kind" TEXT COLLATE "C" NOT NULL,
    "state" TEXT COLLATE "C" NOT NULL DEFAULT 'closed',
    "opened_at" TIMESTAMPTZ(3),
    "canary" TEXT,
    "next_try_at" TIMESTAMPTZ(3),
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "breakers_pkey" PRIMARY KEY ("scope")
);

-- CreateIndex
CREATE UNIQUE INDEX "api_keys_hash_key" ON "api_keys"("hash");
CREATE UNIQUE INDEX "connect_sessions_token_hash_key" ON "connect_sessions"("token_hash");
CREATE UNIQUE INDEX "authorizations_state_hash_key" ON "authorizations"("state_hash");
CREATE INDEX "authorizations_connection_id_idx" ON "authorizations"("connection_id");
CREATE INDEX "connections_tenant_id_platform_state_idx" ON "connections"("tenant_id", "platform", "state");
CREATE UNIQUE INDEX "events_tenant_id_position_key" ON "events"("tenant_id", "position");
CREATE INDEX "records_tenant_id_resource_position_idx" ON "records"("tenant_id", "resource", "position");
CREATE INDEX "sync_requests_connection_id_finished_at_idx" ON "sync_requests"("connection_id", "finished_at");
CREATE INDEX "sync_runs_connection_id_started_at_idx" ON "sync_runs"("connection_id", "started_at");
CREATE UNIQUE INDEX "audit_events_chain_position_key" ON "audit_events"("chain_position");
CREATE INDEX "audit_events_tenant_id_seq_idx" ON "audit_events"("tenant_id", "seq");
CREATE INDEX "audit_events_connection_id_seq_idx" ON "audit_events"("connection_id", "seq");

-- A record is found by its resource first: one partition each. A new resource comes with a migration that adds its own.
CREATE TABLE "records_orders" PARTITION OF "records" FOR VALUES IN ('orders');
CREATE TABLE "records_products" PARTITION OF "records" FOR VALUES IN ('products');
CREATE TABLE "records_customers" PARTITION OF "records" FOR VALUES IN ('customers');
CREATE TABLE "records_inventory" PARTITION OF "records" FOR VALUES IN ('inventory');

-- lz4 where this server was built with it; pglz takes a quarter of a page's write otherwise.
DO $$
DECLARE
    part text;
BEGIN
    IF 'lz4' = ANY (SELECT unnest(enumvals) FROM pg_settings WHERE name = 'default_toast_compression') THEN
        FOREACH part IN ARRAY ARRAY['records', 'records_orders', 'records_products', 'records_customers', 'records_inventory'] LOOP
            EXECUTE format('ALTER TABLE %I ALTER COLUMN "record" SET COMPRESSION lz4', part);
        END LOOP;
    END IF;
END
$$;

-- One non-final connection per shop. A platform without registrations counts as its own registration.
CREATE UNIQUE INDEX "connections_one_per_shop_key" ON "connections" (coalesce("registration_id", "platform"), "shop_key")
    WHERE "lifecycle" NOT IN ('revoked', 'abandoned');
CREATE INDEX "client_registrations_platform_idx" ON "client_registrations" ("platform", "tenant_id");
CREATE INDEX "deadlines_at_idx" ON "deadlines" ("at");
CREATE INDEX "audit_events_unlinked_idx" ON "audit_events" ("seq") WHERE "chain_position" IS NULL;
CREATE INDEX "idempotency_keys_created_at_idx" ON "idempotency_keys" ("created_at");

-- Two roles that row-level security binds, and that nobody logs in as. Roles belong to the cluster, so another database may have made them.
DO $$
DECLARE
    role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['mooring_tenant', 'mooring_system'] LOOP
        BEGIN
            EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOBYPASSRLS', role_name);
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;
        END;
        IF NOT pg_has_role(current_user, role_name, 'MEMBER') OR current_setting('is_superuser') = 'on' THEN
            BEGIN
                EXECUTE format('GRANT %I TO CURRENT_USER', role_name);
            EXCEPTION WHEN unique_violation OR SQLSTATE 'XX000' THEN
                NULL; -- another database of this cluster is granting the same at this moment
            END;
        END IF;
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), role_name);
    END LOOP;
END
$$;

-- Every table with a tenant_id: the tenant role sees and writes the rows of app.tenant alone, without it none; the system role sees all.
-- Partitions too, so that naming one directly is no way around. FORCE binds the owner as well.
DO $$
DECLARE
    t record;
    own constant text := '"tenant_id" = (SELECT nullif(current_setting(''app.tenant'', true), ''''))';
BEGIN
    FOR t IN
        SELECT c.relname AS name, c.relispartition AS is_partition
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE a.attname = 'tenant_id' AND c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t.name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t.name);
        EXECUTE format('CREATE POLICY "tenant_owns" ON %I TO mooring_tenant USING (%s) WITH CHECK (%s)', t.name, own, own);
        EXECUTE format('CREATE POLICY "system_sees_all" ON %I TO mooring_system USING (true) WITH CHECK (true)', t.name);
        IF NOT t.is_partition THEN
            EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO mooring_tenant, mooring_system', t.name);
        END IF;
    END LOOP;
END
$$;

-- What the installation shares with every tenant, to read only: its registrations, their sealed secrets, its deadlines.
CREATE POLICY "tenant_reads_shared" ON "client_registrations" FOR SELECT TO mooring_tenant USING ("tenant_id" IS NULL);
CREATE POLICY "tenant_reads_shared" ON "client_secrets" FOR SELECT TO mooring_tenant USING ("tenant_id" IS NULL);
CREATE POLICY "tenant_reads_shared" ON "deadlines" FOR SELECT TO mooring_tenant USING ("tenant_id" IS NULL);

-- A tenant sees itself; the system role alone makes and removes tenants.
ALTER TABLE "tenants" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "tenants" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant_is_itself" ON "tenants" TO mooring_tenant
    USING ("id" = (SELECT nullif(current_setting('app.tenant', true), '')))
    WITH CHECK ("id" = (SELECT nullif(current_setting('app.tenant', true), '')));
CREATE POLICY "system_sees_all" ON "tenants" TO mooring_system USING (true) WITH CHECK (true);
GRANT SELECT, UPDATE ON "tenants" TO mooring_tenant;
GRANT SELECT, INSERT, UPDATE, DELETE ON "tenants" TO mooring_system;

-- Breakers are of platforms and registrations, not of tenants.
GRANT SELECT ON "breakers" TO mooring_tenant;
GRANT SELECT, INSERT, UPDATE, DELETE ON "breakers" TO mooring_system;

-- The audit trail only grows. Its content never changes; its chain columns are set once, by the chain's writer.
REVOKE UPDATE, DELETE ON "audit_events" FROM mooring_tenant, mooring_system;
GRANT UPDATE ("chain_position", "previous_hash", "hash") ON "audit_events" TO mooring_system;
GRANT SELECT, INSERT, UPDATE ON "audit_heads" TO mooring_system;
GRANT USAGE ON SEQUENCE "audit_events_seq_seq" TO mooring_tenant, mooring_system;

CREATE FUNCTION "keep_audit_events"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.chain_position IS NULL
        AND to_jsonb(NEW) - ARRAY['chain_position', 'previous_hash', 'hash'] = to_jsonb(OLD) - ARRAY['chain_position', 'previous_hash', 'hash']
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'audit_events only grows: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER "keep_audit_events" BEFORE UPDATE OR DELETE ON "audit_events" FOR EACH ROW EXECUTE FUNCTION "keep_audit_events"();
CREATE TRIGGER "keep_all_audit_events" BEFORE TRUNCATE ON "audit_events" FOR EACH STATEMENT EXECUTE FUNCTION "keep_audit_events"();

-- The fence tells every worker at once: channel `fence`, payload the connection's id.
CREATE FUNCTION "tell_fence"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('fence', NEW.id);
    RETURN NULL;
END
$$;
CREATE TRIGGER "tell_fence" AFTER UPDATE OF "fenced_at" ON "connections" FOR EACH ROW
    WHEN (OLD.fenced_at IS DISTINCT FROM NEW.fenced_at) EXECUTE FUNCTION "tell_fence"();
