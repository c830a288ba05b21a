-- What a request with an idempotency key makes gets its ids from the claim: a request that begins again, because the first was never
-- answered, then finds what the first one made.
ALTER TABLE "idempotency_keys" ADD COLUMN "seed" BYTEA;
