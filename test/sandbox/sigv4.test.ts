// The sandbox's judge of AWS Signature Version 4, itself judged by AWS's own signer.
import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type World } from './calling.ts';

const HOST = 'sigv4.sandbox.example';
const CREDENTIALS = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

type Bytes = string | ArrayBuffer | ArrayBufferView;
const bytes = (data: Bytes) =>
  typeof data === 'string' || Buffer.isBuffer(data)
    ? data
    : data instanceof ArrayBuffer
      ? Buffer.from(data)
      : Buffer.from(data.buffer, data.byteOffset, data.byteLength);

/** What AWS's signer wants of a hash, from Node's. */
class Sha256 {
  private readonly hash;
  constructor(secret?: Bytes) {
    this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytes(secret));
  }
  update(data: Bytes) {
    this.hash.update(bytes(data));
  }
  async digest() {
    return new Uint8Array(this.hash.digest());
  }
  reset() {}
}

interface Wish {
  method?: string;
  path?: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: string;
  service?: string;
  at?: Date;
}

async function sign({
  method = 'GET',
  path = '/',
  query = {},
  headers = {},
  body,
  service = 'execute-api',
  at,
}: Wish) {
  const signer = new SignatureV4({
    credentials: CREDENTIALS,
    region: 'eu-west-1',
    service,
    sha256: Sha256,
    uriEscapePath: service !== 's3',
  });
  const request = {
    method,
    protocol: 'https:',
    hostname: HOST,
    path,
    query,
    headers: { host: HOST, ...headers },
  };
  const signed = await signer.sign(body === undefined ? request : { ...request, body }, {
    signingDate: at ?? new Date(),
  });
  const text = Object.entries(query)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
  return { method, host: HOST, path: text === '' ? path : `${path}?${text}`, headers: signed.headers, body };
}

describe('AWS Signature Version 4', () => {
  it.each<[string, Wish]>([
    ['a plain call', {}],
    ['a path with spaces and letters of all kinds', { path: '/a%20b/%E3%81%82' }],
    ['a query out of order, with an empty value', { query: { b: '2', a: 'x y/+*', c: '' } }],
    ['a body', { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'application/json' } }],
    ['further headers, with spaces', { headers: { 'x-amz-meta': '  two   words ' } }],
    ['s3, whose path is encoded once', { service: 's3', path: '/folder/a%20b' }],
    ['dots in the path', { path: '/one/./two/../three' }],
  ])('signed by its maker is taken: %s', async (_, wish) => {
    const answer = await world.call(await sign(wish));
    expect([answer.status, answer.json.canonicalRequest ?? '']).toEqual([200, '']);
    expect(answer.json.region).toBe('eu-west-1');
  });

  it.each<[string, Wish, (sent: Awaited<ReturnType<typeof sign>>) => object, string]>([
    ['another path', {}, (sent) => ({ ...sent, path: '/other' }), 'SignatureDoesNotMatch'],
    ['another method', {}, (sent) => ({ ...sent, method: 'DELETE' }), 'SignatureDoesNotMatch'],
    ['another body', { method: 'POST', body: 'a' }, (sent) => ({ ...sent, body: 'b' }), 'InvalidSignature'],
    [
      'a header not signed',
      {},
      (sent) => ({ ...sent, headers: { ...sent.headers, 'x-amz-more': '1' } }),
      'InvalidSignature',
    ],
    ['a time long past', { at: new Date(Date.now() - 16 * 60_000) }, (sent) => sent, 'InvalidSignature'],
    ['no authorization', {}, (sent) => ({ ...sent, headers: {} }), 'IncompleteSignature'],
  ])('is refused for %s', async (_, wish, change, code) => {
    const sent = await sign(wish);
    const answer = await world.call({ ...sent, ...change(sent) });
    expect([answer.status, answer.json.code]).toEqual([403, code]);
  });
});
