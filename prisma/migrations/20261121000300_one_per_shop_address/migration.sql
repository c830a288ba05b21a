-- A platform that gives its shops no key knows them by their address alone: one live connection per address. Before its first approval
-- a connection claims nothing.
CREATE UNIQUE INDEX "connections_one_per_shop_address" ON "connections" (coalesce("registration_id", "platform"), "shop")
    WHERE "shop_key" IS NULL AND "generation" > 0 AND "lifecycle" NOT IN ('revoked', 'abandoned');
