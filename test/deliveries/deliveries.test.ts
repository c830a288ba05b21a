import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { newId } from '../../store/new-id.ts';
import { until } from '../world.ts';
import { type Delivering, startDeliveries } from './delivering.ts';
import { type Receiver, startReceiver } from './receiver.ts';

let world: Delivering;
const receivers: Receiver[] = [];
beforeAll(async () => {
  world = await startDeliveries();
  await world.start();
});
afterAll(() => world.close());
afterEach(async () => {
  for (const receiver of receivers.splice(0)) await receiver.close();
  await world.api.database.owner.query('DELETE FROM endpoints; DELETE FROM deliveries');
});

async function receiver(): Promise<Receiver> {
  const made = await startReceiver();
  receivers.push(made);
  return made;
}

test('an event reaches the endpoint that wants it, signed so that the official library takes it', async () => {
  const { url, received } = await receiver();
  const { id, secret } = await world.endpoint({ url: `${url}/hooks?of=us`, eventTypes: ['sync.*'] });
  const connectionId = newId('connection');
  const [, eventId] = await world.tell([
    { type: 'connection.paused', connectionId },
    { type: 'sync.completed', connectionId, data: { runId: 'run_1' } },
  ]);
  const delivered = await until('the delivery', async () =>
    (await world.deliveries()).find(({ state }) => state === 'delivered'),
  );
  expect(received).toHaveLength(1);
  const [got] = received;
  expect(got).toMatchObject({ id: eventId, path: '/hooks?of=us' });
  const message = new Webhook(secret).verify(got?.body ?? '', got?.headers as Record<string, string>);
  expect(message).toMatchObject({
    id: eventId,
    type: 'sync.completed',
    version: 1,
    tenantId: world.tenantId,
    connectionId,
    data: { runId: 'run_1' },
  });
  expect(delivered).toMatchObject({ endpointId: id, eventId, attempts: 1 });
  const { attemptLog } = await world.delivery(delivered.id);
  expect(attemptLog).toMatchObject([
    { number: 1, status: 204, error: null, answer: '', request: { body: got?.body } },
  ]);
  expect(attemptLog[0]?.request.headers['webhook-signature']).toBe(got?.headers['webhook-signature']);
});
