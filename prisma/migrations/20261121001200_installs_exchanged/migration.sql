-- Where a code lives for seconds it is exchanged before anybody claims the install: what was issued waits in `sealed`, and `issued` tells its kind and dates.
-- `exchange` is taken once, from NULL, so that a code is sent once.
ALTER TABLE "installs" ADD COLUMN "exchange" TEXT CHECK ("exchange" IN ('under_way', 'exchanged', 'refused'));
ALTER TABLE "installs" ADD COLUMN "issued" JSONB;
ALTER TABLE "installs" ADD COLUMN "registration_id" TEXT COLLATE "C";
