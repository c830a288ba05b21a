import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Delivering, startDeliveries } from '../deliveries/delivering.ts';
import { type Receiver, startReceiver } from '../deliveries/receiver.ts';
import { until } from '../world.ts';
import { mooringAt } from './local-command.ts';

let world: Delivering;
let target: Receiver;
let url: string;
beforeAll(async () => {
  world = await startDeliveries();
  target = await startReceiver();
  url = await world.api.app.listen({ port: 0, host: '127.0.0.1' });
  await world.start();
});
afterAll(async () => {
  await world.close();
  await target.close();
});

const mooring = (...args: readonly string[]) =>
  mooringAt({ apiUrl: url, apiKey: world.api.operatorKey }, args);

test('an endpoint is added, tested, rotated, its deliveries shown and replayed, and removed', async () => {
  const added = await mooring(
    'endpoints',
    'add',
    target.url,
    '--tenant',
    world.tenantId,
    '--events',
    'sync.*',
  );
  expect(added.err).toBe('');
  expect(added.out).toMatch(/is told of sync\.\*\nsecret {7}whsec_/);
  const [id = ''] = /end_\w+/.exec(added.out) ?? [];
  const tested = await mooring('endpoints', 'test', id);
  expect(tested).toMatchObject({ code: 0 });
  expect(tested.out).toMatch(/endpoint\.test .*: delivered\n.*attempt 1: 204/);
  expect((await mooring('endpoints', 'rotate', id)).out).toMatch(/whsec_.*\nversion 1 signs beside it until/);
  target.answer = (_got, response) => void response.writeHead(500).end('\u001b[31mred');
  await world.tell([{ type: 'sync.failed' }]);
  const failed = await until('the failure', async () => {
    const all = await world.deliveries('&eventType=sync.failed');
    return all[0]?.attempts === 1 && (await world.delivery(all[0].id)).attemptLog.length === 1 && all[0];
  });
  const shown = await mooring('deliveries', 'show', failed.id);
  expect(shown.out).toContain('attempt 1: 500');
  expect(shown.out).toContain('·[31mred');
  await world.api.call('PATCH', `/v1/endpoints/${id}`, { body: { enabled: false } });
  expect((await mooring('endpoints', 'list')).out).toContain('disabled (by_hand)');
  await world.api.call('PATCH', `/v1/endpoints/${id}`, { body: { enabled: true } });
  target.answer = (_got, response) => void response.writeHead(204).end();
  expect((await mooring('deliveries', 'replay', '--endpoint', id)).out).toContain(
    '1 deliveries are sent again',
  );
  await until('the delivery', async () => (await world.delivery(failed.id)).state === 'delivered');
  expect((await mooring('deliveries', 'list', '--endpoint', id, '--state', 'delivered')).out).toContain(
    failed.id,
  );
  expect((await mooring('deliveries', 'replay', failed.id)).out).toContain('is sent again');
  expect((await mooring('endpoints', 'remove', id, '--yes')).out).toContain('is removed');
  expect((await mooring('endpoints')).out).toContain('No endpoints.');
}, 90_000);

test('a delivery that was not taken makes the test fail, and wrong use is told', async () => {
  target.answer = (_got, response) => void response.writeHead(404).end();
  const { id } = await world.endpoint({ url: target.url });
  expect(await mooring('endpoints', 'test', id)).toMatchObject({ code: 1 });
  expect(await mooring('deliveries', 'replay')).toMatchObject({ code: 2 });
  expect(await mooring('deliveries', 'list', '--since', 'yesterday')).toMatchObject({ code: 2 });
}, 60_000);
