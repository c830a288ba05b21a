// Ten thousand notifications, and as many deliveries, while everything that can go down does, several times each. Run by hand: npm run test:long.
import Table from 'cli-table3';
import { expect, test } from 'vitest';
import { planOutages } from '../notifications/breaking.ts';
import { asFound, asWanted } from '../notifications/outcome.ts';
import { tellThroughOutages } from '../notifications/through-outages.ts';

const NOTIFICATIONS = Number(process.env['CHAOS_NOTIFICATIONS'] ?? 10_000);
const SEED = Number(process.env['CHAOS_SEED'] ?? 5);
const ROUNDS = Number(process.env['CHAOS_ROUNDS'] ?? 4);
const SHOPS = 10;
const NO_LINES = { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' };
/** Longer than the minute from which on something may have been missed. */
const LONG_MS = 70_000;
const HOUR_MS = 3_600_000;

test(
  `${NOTIFICATIONS} notifications and deliveries through ${ROUNDS} rounds of outages: none lost, none applied twice`,
  async () => {
    const short = planOutages(SEED, ROUNDS, 3_000);
    const last = short.findLastIndex(({ part }) => part === 'http');
    const plan = short.map((outage, at) => (at === last ? { ...outage, downMs: LONG_MS } : outage));
    const outcome = await tellThroughOutages({
      ...{ shops: SHOPS, orders: 100, notifications: NOTIFICATIONS, paceMs: 300, isHurried: false },
      accessTtlS: 300,
      plan,
      within: { tellMs: HOUR_MS / 2, settleMs: HOUR_MS / 4 },
    });
    const table = new Table({ head: ['what', 'how many'], style: { head: [], border: [] }, chars: NO_LINES });
    table.push(...asFound(outcome));
    console.log(`${plan.map(({ part, downMs }) => `${part} ${downMs} ms`).join(', ')}\n${table.toString()}`);
    expect(outcome).toMatchObject(
      asWanted(outcome, { shops: SHOPS, notifications: NOTIFICATIONS, gaps: SHOPS }),
    );
  },
  HOUR_MS,
);
