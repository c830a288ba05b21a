-- The attempts up to this number show nothing of what they sent: its records were erased, maybe while the attempt was under way.
ALTER TABLE "deliveries" ADD COLUMN "erased_through" INTEGER NOT NULL DEFAULT 0;
