-- Installs that began at the platform and that no tenant has claimed yet. What they brought is sealed for the installation: a tenant's data key cannot be, as
-- nobody knows whose it is. The claim moves it to an authorization, which opens it by `install_id`.
CREATE TABLE "installs" (
    "id" TEXT COLLATE "C" NOT NULL,
    "platform" TEXT COLLATE "C" NOT NULL,
    "obtain" TEXT NOT NULL,
    "shop" JSONB NOT NULL,
    "token_hash" BYTEA,
    "sealed" BYTEA,
    "key_version" INTEGER,
    "redirect_uri" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "claimed_at" TIMESTAMPTZ(3),
    "connection_id" TEXT COLLATE "C",

    CONSTRAINT "installs_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "installs_token_hash_key" ON "installs" ("token_hash");
CREATE INDEX "installs_unclaimed" ON "installs" ("platform", "expires_at") WHERE "claimed_at" IS NULL;

ALTER TABLE "authorizations" ADD COLUMN "install_id" TEXT COLLATE "C";

-- Nobody's yet: tenants reach one by its token alone, through the system's role.
ALTER TABLE "installs" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "installs" FORCE ROW LEVEL SECURITY;
CREATE POLICY "system_sees_all" ON "installs" TO mooring_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON "installs" TO mooring_system;
