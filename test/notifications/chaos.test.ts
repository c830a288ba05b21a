// The small one of test/long/chaos.test.ts: each part goes down once.
import { expect, test } from 'vitest';
import { planOutages } from './breaking.ts';
import { asWanted } from './outcome.ts';
import { tellThroughOutages } from './through-outages.ts';

test('HTTP, worker, PostgreSQL and Temporal go down while shops tell and a vendor is told: nothing is lost, nothing applied twice', async () => {
  const outcome = await tellThroughOutages({
    ...{ shops: 1, orders: 200, notifications: 200, paceMs: 50, isHurried: true },
    // HTTP before PostgreSQL and the worker: the sync that makes up for its absence hides nothing that these lose.
    plan: planOutages(18, 1, 500),
    within: { tellMs: 120_000, settleMs: 150_000 },
  });
  expect(outcome).toMatchObject(asWanted(outcome, { shops: 1, notifications: 200, gaps: 1 }));
}, 400_000);
