import { createPublicKey, verify as verifyBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { LANES } from '../../deliveries/index.ts';
import { newId } from '../../store/new-id.ts';
import { until } from '../world.ts';
import { type Delivering, type DeliveryView, startDeliveries } from './delivering.ts';
import { type Received, type Receiver, startReceiver } from './receiver.ts';

let world: Delivering;
let deliverers: { stop(): Promise<void> };
const receivers: Receiver[] = [];
beforeAll(async () => {
  world = await startDeliveries();
  deliverers = await world.start();
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

/** Throws unless the official library takes it. */
function verify(secret: string, got: Received | undefined): unknown {
  return new Webhook(secret).verify(got?.body ?? '', got?.headers as Record<string, string>);
}

async function found(
  all: Promise<DeliveryView[]>,
  wanted: (one: DeliveryView) => boolean,
): Promise<DeliveryView[] | null> {
  const some = (await all).filter(wanted);
  return some.length === 0 ? null : some;
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
  expect(verify(secret, got)).toMatchObject({
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

test('while a secret is rotated, both sign; afterwards the new one alone', async () => {
  const { url, received } = await receiver();
  const { id, secret: first } = await world.endpoint({ url });
  const rotated = await world.api.call('POST', `/v1/endpoints/${id}/secrets`, { body: { overlapS: 3600 } });
  const second: string = rotated.body.secret;
  await world.tell([{ type: 'connection.paused' }]);
  await until('the delivery', async () => received.length === 1);
  const signatures = String(received[0]?.headers['webhook-signature']).split(' ');
  expect(signatures).toHaveLength(2);
  for (const secret of [first, second]) verify(secret, received[0]);
  const again = await world.api.call('POST', `/v1/endpoints/${id}/secrets`, { body: { overlapS: 0 } });
  await world.tell([{ type: 'connection.paused' }]);
  await until('the second delivery', async () => received.length === 2);
  expect(String(received[1]?.headers['webhook-signature']).split(' ')).toHaveLength(1);
  verify(again.body.secret, received[1]);
  expect(() => verify(first, received[1])).toThrow();
});

test('no more than ten secrets sign at once, and one that is to end them all is never refused', async () => {
  const { id } = await world.endpoint({ url: 'https://hooks.vendor.example/' });
  const rotate = (overlapS: number) =>
    world.api.call('POST', `/v1/endpoints/${id}/secrets`, { body: { overlapS } });
  for (let n = 2; n <= 10; n++) expect((await rotate(3600)).status).toBe(201);
  expect(await rotate(3600)).toMatchObject({ status: 422, body: { code: 'invalid_request' } });
  const ended = await rotate(0);
  expect(ended.status).toBe(201);
  expect(ended.body.secrets).toHaveLength(1);
});

test('an Ed25519 endpoint is signed v1a: anybody with its public key can verify', async () => {
  const { url, received } = await receiver();
  const { secret, secrets } = await world.endpoint({ url, secretKind: 'ed25519' });
  expect(secret).toBeNull();
  await world.tell([{ type: 'connection.paused' }]);
  await until('the delivery', async () => received.length === 1);
  const [got] = received;
  const [version, signature = ''] = String(got?.headers['webhook-signature']).split(',');
  expect(version).toBe('v1a');
  const x = Buffer.from((secrets[0]?.publicKey ?? '').replace('whpk_', ''), 'base64').toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  const signed = (body = '') => Buffer.from(`${got?.id}.${got?.headers['webhook-timestamp']}.${body}`);
  expect(verifyBytes(null, signed(got?.body), key, Buffer.from(signature, 'base64'))).toBe(true);
  expect(verifyBytes(null, signed(`${got?.body} `), key, Buffer.from(signature, 'base64'))).toBe(false);
});

test('a failed delivery is tried again under the same id with a new timestamp, and its attempts show', async () => {
  const target = await receiver();
  target.answer = (_got, response) => void response.writeHead(500).end('x'.repeat(5000));
  await world.endpoint({ url: target.url });
  const [eventId] = await world.tell([{ type: 'connection.paused' }]);
  const [one] = await until('the first attempt', async () =>
    found(world.deliveries(), ({ attempts }) => attempts === 1),
  );
  await until('its answer', async () => (await world.delivery(one?.id ?? '')).attemptLog.length === 1);
  const { nextAttemptAt } = await world.delivery(one?.id ?? '');
  expect(Date.parse(nextAttemptAt ?? '') - Date.now()).toBeGreaterThan(3_000);
  target.answer = (_got, response) => void response.writeHead(200).end('thanks');
  await world.hurry();
  const done = await until('the delivery', async () =>
    found(world.deliveries(), ({ state }) => state === 'delivered'),
  );
  expect(target.received.map(({ id }) => id)).toEqual([eventId, eventId]);
  const { attemptLog } = await world.delivery(done[0]?.id ?? '');
  expect(attemptLog).toMatchObject([
    { number: 2, status: 200, answer: 'thanks' },
    { number: 1, status: 500, answer: 'x'.repeat(1024) },
  ]);
});

test('a redirect is not followed, and an answer that never comes is a timeout', async () => {
  const elsewhere = await receiver();
  const target = await receiver();
  target.answer = (got, response) => {
    if (got.path === '/moved') response.writeHead(302, { location: elsewhere.url }).end();
  };
  const quick = await world.start({ totalMs: 300 });
  await world.endpoint({ url: `${target.url}/moved`, name: 'moved' });
  await world.endpoint({ url: `${target.url}/silent`, name: 'silent' });
  await deliverers.stop();
  await world.tell([{ type: 'connection.paused' }]);
  const logs = await until('both attempts', async () => {
    const all = await Promise.all((await world.deliveries()).map(({ id }) => world.delivery(id)));
    const made = all.flatMap(({ attemptLog }) => attemptLog);
    return made.length === 2 && made;
  });
  expect(logs.map(({ status, error }) => status ?? error).sort()).toEqual([302, 'timeout']);
  expect(elsewhere.received).toEqual([]);
  await quick.stop();
  deliverers = await world.start();
});

test('Retry-After is honoured', async () => {
  const target = await receiver();
  target.answer = (_got, response) => void response.writeHead(429, { 'retry-after': '7200' }).end();
  await world.endpoint({ url: target.url });
  await world.tell([{ type: 'connection.paused' }]);
  const waiting = await until('the attempt', async () =>
    found(
      world.deliveries(),
      ({ attempts, nextAttemptAt }) =>
        attempts === 1 && Date.parse(nextAttemptAt ?? '') > Date.now() + 60_000,
    ),
  );
  expect(Date.parse(waiting[0]?.nextAttemptAt ?? '') - Date.now()).toBeGreaterThan(7_100_000);
});

test('410 disables the endpoint at once, gives up what waits, and is told to the others', async () => {
  const [gone, other] = [await receiver(), await receiver()];
  gone.answer = (_got, response) => void response.writeHead(410).end();
  const { id } = await world.endpoint({ url: gone.url, eventTypes: ['sync.*'], ordered: 'connection' });
  await world.endpoint({ url: other.url, eventTypes: ['endpoint.disabled'] });
  await world.tell(Array.from({ length: 3 }, () => ({ type: 'sync.completed' })));
  const disabled = await until('the end', async () => {
    const { body } = await world.api.call('GET', `/v1/endpoints/${id}`);
    return body.status === 'disabled' && body;
  });
  expect(disabled).toMatchObject({ disabledBecause: 'gone' });
  expect((await world.deliveries(`&endpointId=${id}`)).map(({ state, because }) => [state, because])).toEqual(
    Array.from({ length: 3 }, () => ['failed', 'endpoint_gone']),
  );
  expect(gone.received).toHaveLength(1);
  await world.tell([{ type: 'sync.completed' }]);
  const [told] = await until('the notice', async () => other.received.length > 0 && other.received);
  expect(JSON.parse(told?.body ?? '')).toMatchObject({
    type: 'endpoint.disabled',
    data: { endpointId: id, because: 'gone', lastStatus: 410 },
  });
  const answer = await world.api.call('POST', `/v1/endpoints/${id}/test`);
  expect(answer).toMatchObject({ status: 409, body: { code: 'endpoint_disabled' } });
});

test('five days of failure disable it; enabled again it is sent nothing of before until that is asked for', async () => {
  const target = await receiver();
  target.answer = (_got, response) => void response.writeHead(503).end();
  const { id } = await world.endpoint({ url: target.url });
  const [first] = await world.tell([{ type: 'sync.failed' }]);
  await until('a failure', async () => {
    const { body } = await world.api.call('GET', `/v1/endpoints/${id}`);
    return body.failingSince !== null;
  });
  await world.api.database.owner.query(
    `UPDATE endpoints SET failing_since = now() - interval '5 days', failures_in_a_row = 9 WHERE id = $1`,
    [id],
  );
  await world.hurry();
  await until(
    'the end',
    async () => (await world.api.call('GET', `/v1/endpoints/${id}`)).body.disabledBecause === 'failing',
  );
  const [second] = await world.tell([{ type: 'sync.held' }]);
  target.answer = (_got, response) => void response.writeHead(204).end();
  target.received.length = 0;
  const enabled = await world.api.call('PATCH', `/v1/endpoints/${id}`, { body: { enabled: true } });
  expect(enabled.body).toMatchObject({ status: 'enabled', failingSince: null, disabledBecause: null });
  const [third] = await world.tell([{ type: 'sync.completed' }]);
  await until('what came after', async () => target.received.length > 0);
  expect(target.received.map((got) => got.id)).toEqual([third]);
  const failed = await world.api.call('POST', `/v1/endpoints/${id}/replay`, { body: { state: 'failed' } });
  expect(failed).toMatchObject({ status: 202, body: { deliveries: 1, nextCursor: null } });
  await until('what was given up', async () => target.received.length === 2);
  expect(target.received[1]?.id).toBe(first);
  await until(
    'the end of it',
    async () => (await world.deliveries(`&endpointId=${id}&state=pending`)).length === 0,
  );
  target.received.length = 0;
  const all = await world.api.call('POST', `/v1/endpoints/${id}/replay`, { body: { state: 'all' } });
  expect(all.body.deliveries).toBeGreaterThanOrEqual(3);
  await until('all of it', async () =>
    [first, second, third].every((one) => target.received.some((got) => got.id === one)),
  );
});

test('a replayed delivery is sent again under its id; one that is pending is left alone', async () => {
  const { url, received } = await receiver();
  await world.endpoint({ url });
  const [eventId] = await world.tell([{ type: 'sync.completed' }]);
  const [one] = await until('it', async () =>
    found(world.deliveries(), ({ state }) => state === 'delivered'),
  );
  const again = await world.api.call('POST', `/v1/deliveries/${one?.id}/replay`);
  expect(again).toMatchObject({ status: 202, body: { state: 'pending' } });
  await until('it again', async () => received.length === 2);
  expect(received.map(({ id }) => id)).toEqual([eventId, eventId]);
  await until('both attempts', async () => (await world.delivery(one?.id ?? '')).attemptLog.length === 2);
});

test('an ordered endpoint is sent the events of a connection one after another, of others beside it', async () => {
  const target = await receiver();
  const [stuck, free] = [newId('connection'), newId('connection')];
  let refuses = true;
  target.answer = (got, response) =>
    void response.writeHead(refuses && JSON.parse(got.body).connectionId === stuck ? 500 : 204).end();
  await world.endpoint({ url: target.url, ordered: 'connection' });
  const ids = await world.tell(
    Array.from({ length: 8 }, (_, n) => ({
      type: 'sync.completed',
      connectionId: n % 2 === 0 ? stuck : free,
    })),
  );
  const of = (parity: number) => ids.filter((_, n) => n % 2 === parity);
  const seen = (parity: number) =>
    target.received.map(({ id }) => id).filter((id) => of(parity).includes(id));
  await until('the free one', async () => (await world.deliveries('&state=delivered')).length === 4);
  expect(seen(1)).toEqual(of(1));
  expect(seen(0)).toEqual([ids[0]]);
  refuses = false;
  await world.hurry();
  await until('the other', async () => (await world.deliveries('&state=delivered')).length === 8);
  expect(seen(0)).toEqual([ids[0], ...of(0)]);
});

test('a dead endpoint holds up nobody: while it keeps its few, all of another go through', async () => {
  const [dead, well] = [await receiver(), await receiver()];
  dead.answer = () => undefined;
  const events = 120;
  await world.endpoint({ url: dead.url });
  await world.endpoint({ url: well.url });
  await world.tell(Array.from({ length: events }, () => ({ type: 'sync.completed' })));
  await until('those of the other', async () => well.received.length === events);
  expect(dead.open.now).toBeGreaterThan(0);
  expect(dead.open.most).toBeLessThanOrEqual(LANES.quick.atOneEndpoint);
  expect(dead.received.length).toBeLessThanOrEqual(LANES.quick.atOneEndpoint);
  expect(new Set(well.received.map(({ id }) => id)).size).toBe(events);
});

test('its bound holds over several deliverers', async () => {
  const target = await receiver();
  target.answer = () => undefined;
  const more = await Promise.all([world.start(), world.start()]);
  await world.endpoint({ url: target.url });
  await world.tell(Array.from({ length: 60 }, () => ({ type: 'sync.completed' })));
  await until('as many as may be', async () => target.open.now === LANES.quick.atOneEndpoint);
  // Another endpoint's delivery comes after all of them have looked again.
  const other = await receiver();
  await world.endpoint({ url: other.url });
  await world.tell([{ type: 'sync.completed' }]);
  await until('the other', async () => other.received.length === 1);
  expect(target.open.most).toBe(LANES.quick.atOneEndpoint);
  await target.close();
  await Promise.all(more.map((one) => one.stop()));
});

test('a test goes to its endpoint alone, whatever that wants', async () => {
  const [tested, other] = [await receiver(), await receiver()];
  const { id } = await world.endpoint({ url: tested.url, eventTypes: ['sync.failed'] });
  await world.endpoint({ url: other.url });
  const answer = await world.api.call('POST', `/v1/endpoints/${id}/test`);
  expect(answer.status).toBe(202);
  await world.tell([{ type: 'sync.completed' }]);
  await until('both', async () => tested.received.length === 1 && other.received.length === 1);
  expect(JSON.parse(tested.received[0]?.body ?? '')).toMatchObject({
    type: 'endpoint.test',
    data: { endpointId: id },
  });
  expect(JSON.parse(other.received[0]?.body ?? '')).toMatchObject({ type: 'sync.completed' });
  expect(await world.delivery(answer.body.deliveryId)).toMatchObject({ eventType: 'endpoint.test' });
});
