import { expect, test } from 'vitest';
import { deliverThroughKills } from './through-kills.ts';

test('a deliverer killed in the midst of it, twice, loses nothing and sends nothing twice under another id', async () => {
  const { told, bodies, cutOff } = await deliverThroughKills({
    events: 600,
    at: [0.2, 0.5],
    breaksDatabase: false,
  });
  expect(cutOff).toBeGreaterThan(0);
  expect([...bodies.keys()].sort()).toEqual([...told].sort());
  for (const [id, seen] of bodies) expect([...seen].map((body) => JSON.parse(body).id)).toEqual([id]);
}, 120_000);
