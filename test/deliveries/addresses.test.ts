// An endpoint's address is judged when it is made and again at every attempt: SSRF is the receiver's trick, not ours.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Secret } from '../../domain/secret.ts';
import { createDeliverer } from '../../egress/index.ts';
import { newId } from '../../store/new-id.ts';
import { startApi, type TestApi } from '../http/api.ts';
import { type Receiver, startReceiver } from './receiver.ts';

let api: TestApi;
let target: Receiver;
beforeAll(async () => {
  api = await startApi();
  target = await startReceiver();
});
afterAll(async () => {
  await target.close();
  await api.close();
});

const REFUSED = [
  'http://hooks.vendor.example/',
  'https://127.0.0.1/',
  'https://2130706433/',
  'https://0x7f.1/',
  'https://[::1]/',
  'https://[::ffff:10.0.0.1]/',
  'https://[64:ff9b::a00:1]/',
  'https://169.254.169.254/latest/meta-data',
  'https://100.64.0.1/',
  'https://10.1.2.3/',
  'https://user:secret@hooks.vendor.example/',
  'https://hooks.vendor.example:22/',
  'https://hooks.vendor.example/#part',
  'ftp://hooks.vendor.example/',
  'file:///etc/passwd',
  'not an address',
];

test.each(REFUSED)('"%s" is no endpoint, new or changed, and every refusal says the same', async (url) => {
  const tenantId = await api.tenant();
  const made = await api.call('POST', '/v1/endpoints', { body: { tenantId, url } });
  expect(made).toMatchObject({
    status: 422,
    body: { code: 'address_not_allowed', detail: '"/url" is not a public https address' },
  });
  const well = await api.call('POST', '/v1/endpoints', {
    body: { tenantId, url: 'https://hooks.vendor.example/a?b=c' },
  });
  expect(well.status).toBe(201);
  const changed = await api.call('PATCH', `/v1/endpoints/${well.body.id}`, { body: { url } });
  expect(changed).toMatchObject({ status: 422, body: { code: 'address_not_allowed' } });
});

const UNCLEAN = ['\u0000', '\r\nx: y', '\t', '\u007f', '\ud800'];

test.each(UNCLEAN)('an address with %j in it is refused as what it is, new or changed', async (part) => {
  const tenantId = await api.tenant();
  const url = `https://hooks.vendor.example/a${part}`;
  const refused = { status: 422, body: { code: 'invalid_request', fields: [{ path: '/url' }] } };
  expect(await api.call('POST', '/v1/endpoints', { body: { tenantId, url } })).toMatchObject(refused);
  const well = await api.call('POST', '/v1/endpoints', {
    body: { tenantId, url: 'https://hooks.vendor.example/a' },
  });
  expect(await api.call('PATCH', `/v1/endpoints/${well.body.id}`, { body: { url } })).toMatchObject(refused);
});

const deliver = async (url: string, resolve?: () => Promise<{ address: string; family: number }[]>) => {
  const key = { kind: 'hmac' as const, secret: new Secret(`whsec_${Buffer.alloc(32).toString('base64')}`) };
  const door = createDeliverer({
    ...{ keys: { keysOf: async () => [key] }, allowPrivateNetworks: false, nowMs: Date.now, totalMs: 3_000 },
    ...(resolve === undefined ? {} : { resolve }),
  });
  try {
    const endpoint = { tenantId: newId('tenant'), endpointId: newId('endpoint'), url, secretVersion: 1 };
    return (await door.deliver(endpoint, { id: newId('event'), body: '{}' })).outcome;
  } finally {
    await door.close();
  }
};

test('a name that has come to lead inside by the time of the attempt is not called', async () => {
  const port = Number(new URL(target.url).port);
  expect(port).toBeGreaterThan(0);
  for (const address of ['127.0.0.1', '10.0.0.1', '169.254.169.254', '::1'])
    expect(
      await deliver('https://hooks.vendor.example/', async () => [
        { address, family: address.includes(':') ? 6 : 4 },
      ]),
    ).toEqual({ fault: 'address_not_allowed' });
  expect(await deliver(target.url)).toEqual({ fault: 'address_not_allowed' });
  expect(target.received).toEqual([]);
});

test('one of several addresses that leads inside refuses them all', async () => {
  const both = [
    { address: '203.0.113.9', family: 4 },
    { address: '192.168.1.1', family: 4 },
  ];
  expect(await deliver('https://hooks.vendor.example/', async () => both)).toEqual({
    fault: 'address_not_allowed',
  });
});
