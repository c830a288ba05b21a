-- What platforms tell us: the addresses they tell it at, what came, which objects are to be read again, what is subscribed to, where something may have been
-- missed, and requests to erase or to report. Of a notification only its topic, what it names and its hash are kept.
CREATE TABLE "notification_addresses" (
    "token_hash" BYTEA NOT NULL,
    "tenant_id" TEXT COLLATE "C" NOT NULL,
    "connection_id" TEXT COLLATE "C" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "notification_addresses_pkey" PRIMARY KEY ("token_hash")
);
CREATE INDEX "notification_addresses_connection" ON "notification_addresses" ("connection_id");

-- `scope` is a connection, or a registration of ours where what was told concerns none. The key is a SHA-256.
CREATE TABLE "notifications" (
    "scope" TEXT COLLATE "C" NOT NULL,
    "dedupe_key" BYTEA NOT NULL,
    "tenant_id" TEXT COLLATE "C",
    "connection_id" TEXT COLLATE "C",
    "platform" TEXT COLLATE "C" NOT NULL,
    "topic" TEXT NOT NULL,
    "means" TEXT NOT NULL,
    "object_id" TEXT,
    "sent_at" TIMESTAMPTZ(3),
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    -- null: somebody has still to be told of it
    "handled_at" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_try_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "notifications_pkey" PRIMARY KEY ("scope", "dedupe_key")
);
CREATE INDEX "notifications_waiting" ON "notifications" ("next_try_at") WHERE "handled_at" IS NULL;
CREATE INDEX "notifications_received" ON "notifications" ("received_at");

-- Objects that a platform named and that are to be read again: one row each, however often it was named. An empty `platform_id` stands for all that changed.
CREATE TABLE "named_objects" (
    "connection_id" TEXT COLLATE "C" NOT NULL,
    "resource" TEXT COLLATE "C" NOT NULL,
    "platform_id" TEXT COLLATE "C" NOT NULL,
    "tenant_id" TEXT COLLATE "C" NOT NULL,
    "first_named_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "times" BIGINT NOT NULL DEFAULT 1,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_try_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "code" TEXT,

    CONSTRAINT "named_objects_pkey" PRIMARY KEY ("connection_id", "resource", "platform_id")
);
CREATE INDEX "named_objects_due" ON "named_objects" ("next_try_at");

CREATE TABLE "subscriptions" (
    "connection_id" TEXT COLLATE "C" NOT NULL,
    "topic" TEXT COLLATE "C" NOT NULL,
    "tenant_id" TEXT COLLATE "C" NOT NULL,
    -- the platform's own id of it
    "platform_ref" TEXT,
    "state" TEXT NOT NULL,
    "code" TEXT,
    -- what its notifications are signed with, where each has a secret of its own
    "sealed" BYTEA,
    "key_version" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "checked_at" TIMESTAMPTZ(3),
    "recreated" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "subscriptions_pkey" PRIMARY KEY ("connection_id", "topic")
);

-- When a connection's subscriptions are compared with the platform's next, and by whom.
CREATE TABLE "subscription_checks" (
    "connection_id" TEXT COLLATE "C" NOT NULL,
    "tenant_id" TEXT COLLATE "C" NOT NULL,
    "checked_at" TIMESTAMPTZ(3),
    "next_check_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lease_until" TIMESTAMPTZ(3),
    "code" TEXT,

    CONSTRAINT "subscription_checks_pkey" PRIMARY KEY ("connection_id")
);
CREATE INDEX "subscription_checks_due" ON "subscription_checks" ("next_check_at");

-- A time in which notifications may have been missed, and the sync that made up for it.
CREATE TABLE "notification_gaps" (
    "connection_id" TEXT COLLATE "C" NOT NULL,
    "found_at" TIMESTAMPTZ(3) NOT NULL,
    "tenant_id" TEXT COLLATE "C" NOT NULL,
    "cause" TEXT NOT NULL,
    "from_at" TIMESTAMPTZ(3) NOT NULL,
    "until_at" TIMESTAMPTZ(3) NOT NULL,
    "request_id" TEXT COLLATE "C",
    "closed_at" TIMESTAMPTZ(3),

    CONSTRAINT "notification_gaps_pkey" PRIMARY KEY ("connection_id", "found_at")
);
CREATE INDEX "notification_gaps_open" ON "notification_gaps" ("found_at") WHERE "closed_at" IS NULL;

CREATE TABLE "privacy_requests" (
    "id" TEXT COLLATE "C" NOT NULL,
    "tenant_id" TEXT COLLATE "C",
    "connection_id" TEXT COLLATE "C",
    "registration_id" TEXT COLLATE "C",
    "platform" TEXT COLLATE "C" NOT NULL,
    "kind" TEXT NOT NULL,
    "topic" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'open',
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    -- whom it concerns; destroyed when it is done
    "sealed" BYTEA,
    "key_version" INTEGER,
    -- counts alone
    "proof" JSONB,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "privacy_requests_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "privacy_requests_tenant" ON "privacy_requests" ("tenant_id", "id");
CREATE INDEX "privacy_requests_open" ON "privacy_requests" ("due_at") WHERE "state" = 'open';

-- Since when the part that takes notifications has been up without a gap.
CREATE TABLE "receiver_times" (
    "name" TEXT COLLATE "C" NOT NULL,
    "alive_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "receiver_times_pkey" PRIMARY KEY ("name")
);

ALTER TABLE "notification_addresses" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "notification_addresses" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant_owns" ON "notification_addresses" TO mooring_tenant
    USING ("tenant_id" = (SELECT nullif(current_setting('app.tenant', true), '')))
    WITH CHECK ("tenant_id" = (SELECT nullif(current_setting('app.tenant', true), '')));
CREATE POLICY "system_sees_all" ON "notification_addresses" TO mooring_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON "notification_addresses" TO mooring_tenant, mooring_system;

ALTER TABLE "notifications" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "notifications" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant_owns" ON "notifications" TO mooring_tenant
    USING ("tenant_id" = (SELECT nullif(current_setting('app.tenant', true), '')))
    WITH CHECK ("tenant_id" = (SELECT nullif(current_setting('app.tenant', true), '')));
CREATE POLICY "system_sees_all" ON "notifications" TO mooring_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON "notifications" TO mooring_tenant, mooring_system;

ALTER TABLE "named_objects" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "named_objects" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant_owns" ON "named_objects" TO mooring_tenant
    USING ("tenant_id" = (SELECT nullif(current_setting('app.tenant', true), '')))
    WITH CHECK ("tenant_id" = (SELECT nullif(current_setting('app.tenant', true), '')));
CREATE POLICY "system_sees_all" ON "named_objects" TO mooring_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON "named_objects" TO mooring_tenant, mooring_system;

ALTER TABLE "subscriptions" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "subscriptions" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant_owns" ON "subscriptions" TO mooring_tenant
    USING ("tenant_id" = (SELECT nullif(current_setting('app.tenant', true), '')))
    WITH CHECK ("tenant_id" = (SELECT nullif(current_setting('app.tenant', true), '')));
CREATE POLICY "system_sees_all" ON "subscriptions" TO mooring_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON "subscriptions" TO mooring_tenant, mooring_system;

ALTER TABLE "subscription_checks" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "subscription_checks" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant_owns" ON "subscription_checks" TO mooring_tenant
    USING ("tenant_id" = (SELECT nullif(current_setting('app.tenant', true), '')))
    WITH CHECK ("tenant_id" = (SELECT nullif(current_setting('app.tenant', true), '')));
CREATE POLICY "system_sees_all" ON "subscription_checks" TO mooring_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON "subscription_checks" TO mooring_tenant, mooring_system;

ALTER TABLE "notification_gaps" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "notification_gaps" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant_owns" ON "notification_gaps" TO mooring_tenant
    USING ("tenant_id" = (SELECT nullif(current_setting('app.tenant', true), '')))
    WITH CHECK ("tenant_id" = (SELECT nullif(current_setting('app.tenant', true), '')));
CREATE POLICY "system_sees_all" ON "notification_gaps" TO mooring_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON "notification_gaps" TO mooring_tenant, mooring_system;

ALTER TABLE "privacy_requests" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "privacy_requests" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant_owns" ON "privacy_requests" TO mooring_tenant
    USING ("tenant_id" = (SELECT nullif(current_setting('app.tenant', true), '')))
    WITH CHECK ("tenant_id" = (SELECT nullif(current_setting('app.tenant', true), '')));
CREATE POLICY "system_sees_all" ON "privacy_requests" TO mooring_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON "privacy_requests" TO mooring_tenant, mooring_system;

-- Of the installation: no tenant sees it.
ALTER TABLE "receiver_times" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "receiver_times" FORCE ROW LEVEL SECURITY;
CREATE POLICY "system_sees_all" ON "receiver_times" TO mooring_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON "receiver_times" TO mooring_system;
