-- What a platform wants of our registration beside client id and secret, where it is not secret: an application id, a redirect name. Secret fields are sealed
-- with the client secret, one version for all of them.
ALTER TABLE "client_registrations" ADD COLUMN "fields" JSONB NOT NULL DEFAULT '{}';
