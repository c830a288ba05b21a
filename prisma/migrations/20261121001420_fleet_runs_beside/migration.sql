-- A connection belongs to at most one open run of a kind: plans leave out what another one holds. Runs over different scopes held the same
-- connections before, and one of a single connection kept every other out of its tenant.
DROP INDEX "fleet_runs_one_at_a_time";
