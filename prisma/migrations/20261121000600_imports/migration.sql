-- Existing connections brought along: an upload, and its lines. What a line has sealed is dropped when the line is settled.
CREATE TABLE "imports" (
    "id" TEXT COLLATE "C" NOT NULL,
    "tenant_id" TEXT COLLATE "C",
    "requested_by" TEXT COLLATE "C" NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'reading',
    "cut_short" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "touched_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "read_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "imports_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "import_lines" (
    "import_id" TEXT COLLATE "C" NOT NULL,
    "line" INTEGER NOT NULL,
    "tenant_id" TEXT COLLATE "C",
    "platform" TEXT COLLATE "C",
    "shop" JSONB,
    "permissions" TEXT[],
    "obtain" TEXT,
    "shop_hash" BYTEA,
    "authorization_id" TEXT COLLATE "C",
    "sealed" BYTEA,
    "key_version" INTEGER,
    "outcome" TEXT NOT NULL DEFAULT 'pending',
    "code" TEXT,
    "message" TEXT,
    "connection_id" TEXT COLLATE "C",
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_try_at" TIMESTAMPTZ(3),
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "import_lines_pkey" PRIMARY KEY ("import_id", "line")
);
CREATE INDEX "import_lines_pending" ON "import_lines" ("import_id", "line") WHERE "outcome" = 'pending';
CREATE INDEX "import_lines_authorization_id_idx" ON "import_lines" ("authorization_id");

-- One line at a time speaks for a shop, over all uploads: the same file sent twice at once doubles nothing.
CREATE UNIQUE INDEX "import_lines_one_per_shop" ON "import_lines" ("tenant_id", "shop_hash") WHERE "outcome" = 'pending';

DO $$
DECLARE
    name text;
    own constant text := '"tenant_id" = (SELECT nullif(current_setting(''app.tenant'', true), ''''))';
BEGIN
    FOREACH name IN ARRAY ARRAY['imports', 'import_lines'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY "tenant_owns" ON %I TO mooring_tenant USING (%s) WITH CHECK (%s)', name, own, own);
        EXECUTE format('CREATE POLICY "system_sees_all" ON %I TO mooring_system USING (true) WITH CHECK (true)', name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO mooring_tenant, mooring_system', name);
    END LOOP;
END
$$;
