-- A browser that brings the same callback again is shown what came of the first one. Only a hash of what it brought is kept.
ALTER TABLE "authorizations" ADD COLUMN "callback_hash" BYTEA;
