-- Where only its credential tells a shop, a line that comes again is known by the connection that it became.
CREATE INDEX "import_lines_connected" ON "import_lines" ("tenant_id", "shop_hash") WHERE "outcome" = 'connected';
