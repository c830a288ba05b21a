// The same time and the same nonce give the same request, by every scheme; other ones another, wherever the scheme knows time or nonce.
import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { type Moment, signPlain } from '../../auth/index.ts';
import type { OutboundRequest } from '../../domain/outbound.ts';
import type { Sign } from '../../domain/platform.ts';

const ed25519 = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const REQUEST: OutboundRequest = {
  method: 'POST',
  url: 'https://api.example/v1/orders?a=b%20c',
  headers: { 'Content-Type': 'application/json' },
  body: '{"a":1}',
};
const VALUES = { key: 'k3y', secret: 's3cret', ed25519 };
const MOMENT: Moment = { nowMs: 1_800_000_000_000, nonce: '0123456789abcdef0123456789abcdef' };
const LATER: Moment = { nowMs: MOMENT.nowMs + 61_000, nonce: 'f'.repeat(32) };

const SCHEMES: readonly (readonly [Sign['scheme'], Sign, knowsMoment: boolean])[] = [
  ['bearer', { scheme: 'bearer', token: '{key}' }, false],
  ['header', { scheme: 'header', name: 'X-Id', value: '{uuid} {timestamp}' }, true],
  ['query', { scheme: 'query', name: 'key', value: '{key}' }, false],
  ['basic', { scheme: 'basic', username: '{key}', password: '{secret}' }, false],
  [
    'hmac',
    {
      scheme: 'hmac',
      algorithm: 'sha256',
      encoding: 'hex',
      key: '{secret}',
      message: ['{method}', '{path}', '{query}', '{bodySha256}', '{nonce}', '{timestamp}'],
      separator: '\n',
      timestamp: 'iso8601',
      headers: { 'X-Sign': '{signature}' },
    },
    true,
  ],
  [
    'oauth1',
    {
      scheme: 'oauth1',
      method: 'HMAC-SHA256',
      consumerKey: '{key}',
      consumerSecret: '{secret}',
      place: 'header',
      version: true,
    },
    true,
  ],
  [
    'sigv4',
    { scheme: 'sigv4', accessKeyId: '{key}', secretAccessKey: '{secret}', region: 'eu', service: 'api' },
    true,
  ],
  [
    'jwt',
    { scheme: 'jwt', jwt: { algorithm: 'EdDSA', key: '{ed25519}', claims: { iss: '{key}' }, lifetimeS: 60 } },
    true,
  ],
  [
    'message_signature',
    {
      scheme: 'message_signature',
      algorithm: 'ed25519',
      key: '{ed25519}',
      components: ['@method', '@target-uri', 'content-digest'],
      label: 's',
    },
    true,
  ],
];

test.each(SCHEMES)('%s', async (_name, sign, knowsMoment) => {
  const first = await signPlain(sign, REQUEST, VALUES, MOMENT);
  expect(await signPlain(sign, REQUEST, VALUES, MOMENT)).toEqual(first);
  const later = await signPlain(sign, REQUEST, VALUES, LATER);
  if (knowsMoment) expect(later).not.toEqual(first);
  else expect(later).toEqual(first);
  expect(first.body).toBe(REQUEST.body);
  expect(first.headers['content-type']).toBe('application/json');
});
