-- A shop whose server registers us is answered with a secret, and confirms it with its keys: the answer waits sealed in `sealed`, what the confirmation brought in
-- `brought`, until the worker has judged both and made one of them. Nobody can claim an install that is registering or answered.
ALTER TABLE "installs" DROP CONSTRAINT "installs_exchange_check";
ALTER TABLE "installs" ADD CONSTRAINT "installs_exchange_check"
  CHECK ("exchange" IN ('registering', 'answered', 'under_way', 'exchanged', 'refused'));
ALTER TABLE "installs" ADD COLUMN "brought" BYTEA;
ALTER TABLE "installs" ADD COLUMN "brought_key_version" INTEGER;

-- OAuth 1.0a asks for temporary credentials before the browser leaves: they wait here, beside what its callback brings.
ALTER TABLE "authorizations" ADD COLUMN "temporary" BYTEA;
ALTER TABLE "authorizations" ADD COLUMN "temporary_key_version" INTEGER;
