// Endpoints that go dead at the same moment, as those at one host do: until they are known to be slow they must not hold all the slots.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LANES } from '../../deliveries/index.ts';
import { until } from '../world.ts';
import { type Delivering, startDeliveries } from './delivering.ts';
import { type Receiver, startReceiver } from './receiver.ts';

let world: Delivering;
let dead: Receiver;
let well: Receiver;
beforeAll(async () => {
  world = await startDeliveries();
  dead = await startReceiver();
  well = await startReceiver();
});
afterAll(async () => {
  await dead.close();
  await well.close();
  await world.close();
});

test('endpoints that hang in every slot hold up another one no longer than it takes to see that they dawdle', async () => {
  dead.answer = () => {};
  await world.start({ lanes: { ...LANES, quick: { slots: 2, atOneEndpoint: 2 } }, totalMs: 20_000 });
  await world.endpoint({ url: dead.url, eventTypes: ['sync.failed'] });
  await world.endpoint({ url: well.url, eventTypes: ['sync.completed'] });
  await world.tell([{ type: 'sync.failed' }, { type: 'sync.failed' }]);
  await until('every slot hangs', async () => dead.open.now === 2);
  await world.tell([{ type: 'sync.completed' }]);
  await until('the other one', async () => well.received.length === 1);
  expect(dead.open.now).toBe(2);
}, 40_000);
