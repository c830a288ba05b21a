-- What a request erased of a connection, written with the erasure itself until the request is done: whoever is stopped between the two loses no count.
CREATE TABLE "privacy_erasures" (
    "request_id" TEXT COLLATE "C" NOT NULL,
    "connection_id" TEXT COLLATE "C" NOT NULL,
    "tenant_id" TEXT COLLATE "C" NOT NULL,
    "customers" INTEGER NOT NULL DEFAULT 0,
    "orders" INTEGER NOT NULL DEFAULT 0,
    "records" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "privacy_erasures_pkey" PRIMARY KEY ("request_id", "connection_id")
);

ALTER TABLE "privacy_erasures" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "privacy_erasures" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant_owns" ON "privacy_erasures" TO mooring_tenant
    USING ("tenant_id" = (SELECT nullif(current_setting('app.tenant', true), '')))
    WITH CHECK ("tenant_id" = (SELECT nullif(current_setting('app.tenant', true), '')));
CREATE POLICY "system_sees_all" ON "privacy_erasures" TO mooring_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON "privacy_erasures" TO mooring_tenant, mooring_system;
