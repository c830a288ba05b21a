-- Which warnings of the calendar were given, so that each is given once.
CREATE TABLE "calendar_warnings" (
    "tenant_id" TEXT COLLATE "C" NOT NULL,
    "kind" TEXT COLLATE "C" NOT NULL,
    "subject" TEXT COLLATE "C" NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "days" INTEGER NOT NULL,
    "warned_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "calendar_warnings_pkey" PRIMARY KEY ("tenant_id", "kind", "subject", "at", "days")
);
ALTER TABLE "calendar_warnings" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "calendar_warnings" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant_owns" ON "calendar_warnings" TO mooring_tenant
    USING ("tenant_id" = (SELECT nullif(current_setting('app.tenant', true), '')))
    WITH CHECK ("tenant_id" = (SELECT nullif(current_setting('app.tenant', true), '')));
CREATE POLICY "system_sees_all" ON "calendar_warnings" TO mooring_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON "calendar_warnings" TO mooring_tenant, mooring_system;
