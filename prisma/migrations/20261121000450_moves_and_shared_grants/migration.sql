-- An attempt may be for another address than its connection's (shop). What it proved waits there until somebody confirms the move
-- (proved), and the connection says that it waits (move). An approval for several shops has one attempt more for each further shop.
ALTER TABLE "authorizations" ADD COLUMN "shop" JSONB, ADD COLUMN "proved" JSONB, ADD COLUMN "parent_id" TEXT;
ALTER TABLE "connections" ADD COLUMN "move" JSONB;
CREATE INDEX "authorizations_parent_id_idx" ON "authorizations" ("parent_id");
CREATE INDEX "authorizations_session_id_idx" ON "authorizations" ("session_id");
