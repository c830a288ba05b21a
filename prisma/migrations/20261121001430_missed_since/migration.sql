-- Since when a subscription that was found gone had been missing, kept until its gap is noted: whoever is stopped between the two loses no gap.
ALTER TABLE "subscriptions" ADD COLUMN "missed_since" TIMESTAMPTZ(3), ADD COLUMN "missed_cause" TEXT;
