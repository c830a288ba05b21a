// Ten thousand deliveries through kills and a database that breaks off. Run by hand: npm run test:long.
import { expect, test } from 'vitest';
import { deliverThroughKills } from '../deliveries/through-kills.ts';

test('ten thousand deliveries through ten kills and as many lost databases: none lost, none under another id', async () => {
  const at = Array.from({ length: 10 }, (_, n) => (n + 1) * 0.09);
  const { told, bodies, requests, cutOff } = await deliverThroughKills({
    events: 10_000,
    at,
    breaksDatabase: true,
  });
  expect([...bodies.keys()].sort()).toEqual([...told].sort());
  for (const [id, seen] of bodies) expect([...seen].map((body) => JSON.parse(body).id)).toEqual([id]);
  console.log(`${told.length} events, ${requests} requests, ${cutOff} attempts cut off`);
}, 1_200_000);
