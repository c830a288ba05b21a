-- A shop's server brings the keys, the merchant's browser comes after it: a value that both carry finds the install again. Only its SHA-256 is kept.
ALTER TABLE "installs" ADD COLUMN "correlation_hash" BYTEA;
CREATE INDEX "installs_correlation" ON "installs" ("correlation_hash") WHERE "claimed_at" IS NULL;
