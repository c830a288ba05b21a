// What platforms send us is believed only when they signed it: vectors, and every way in which it may not be so.
import { createHmac, createSign, generateKeyPairSync, sign as signBytes } from 'node:crypto';
import { SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { type ReceivedMessage, verifyReceived } from '../../auth/index.ts';
import type { ReceivedHmac, ReceivedSignature } from '../../domain/platform.ts';
import { Secret } from '../../domain/secret.ts';
import { RECEIVED_VECTORS, STANDARD_WEBHOOK } from './vectors/received.ts';

const NOW_MS = Date.UTC(2026, 10, 21, 12);

function message(
  change: Partial<Omit<ReceivedMessage, 'body'>> & { body?: string | Uint8Array } = {},
): ReceivedMessage {
  const { body = '', ...rest } = change;
  const bytes = typeof body === 'string' ? Buffer.from(body, 'utf8') : body;
  return {
    method: 'POST',
    url: 'https://mooring.example/n',
    headers: {},
    parameters: {},
    ...rest,
    body: bytes,
  };
}

function receiving(secrets: readonly string[], nowMs = NOW_MS, values: Record<string, string> = {}) {
  return { secrets: secrets.map((one) => new Secret(one)), values, nowMs };
}

describe('published messages', () => {
  test.each(RECEIVED_VECTORS)('$name ($witness)', async (vector) => {
    const told = message({
      url: vector.url ?? 'https://x.example/',
      headers: vector.headers,
      body: vector.body,
    });
    const values = { clientId: vector.clientId ?? '' };
    const verdict = (secrets: string[], of = told) =>
      verifyReceived(vector.signature, of, receiving(secrets, NOW_MS, values));
    expect(await verdict([vector.secret])).toEqual({ ok: true });
    expect(await verdict(['another', vector.secret])).toEqual({ ok: true });
    expect(await verdict(['another'])).toEqual({ ok: false, at: 'signature' });
    expect(await verdict([])).toEqual({ ok: false, at: 'signature' });
    expect(await verdict([''])).toEqual({ ok: false, at: 'signature' });
    expect(await verdict([vector.secret], { ...told, headers: {} })).toEqual({ ok: false, at: 'missing' });
    const changed = { ...told, body: Buffer.concat([told.body, Buffer.from(' ')]) };
    expect(await verdict([vector.secret], changed)).toEqual({ ok: false, at: 'signature' });
  });
});

const BODY_HMAC: ReceivedHmac = {
  kind: 'hmac',
  in: { header: 'x-sig' },
  algorithm: 'sha256',
  encoding: 'hex',
  message: ['{body}'],
};

describe('a signature within a text', () => {
  const signature: ReceivedHmac = {
    ...BODY_HMAC,
    pattern: '^signature=([A-Za-z0-9+/=]+),algorithm=HMAC-SHA256$',
    encoding: 'hex_or_base64',
  };
  const body = 'payload=%7B%7D&domain_prefix=demo';
  const digest = createHmac('sha256', 'ours').update(body).digest();
  const [hex, base64] = [digest.toString('hex'), digest.toString('base64')];
  test.each([
    ['in hex', `signature=${hex},algorithm=HMAC-SHA256`, { ok: true }],
    ['in base64', `signature=${base64},algorithm=HMAC-SHA256`, { ok: true }],
    ['in base64url', `signature=${digest.toString('base64url')},algorithm=HMAC-SHA256`, null],
    ['by itself', hex, { ok: false, at: 'missing' }],
    ['by another algorithm', `signature=${hex},algorithm=HMAC-SHA1`, { ok: false, at: 'missing' }],
    ['of another body', `signature=${hex.replace(/^./, 'x')},algorithm=HMAC-SHA256`, null],
  ])('%s', async (_, text, verdict) => {
    const told = message({ headers: { 'x-sig': text }, body });
    expect(await verifyReceived(signature, told, receiving(['ours']))).toMatchObject(
      verdict ?? { ok: false },
    );
  });
});

describe('a password of ours', () => {
  const values = { notificationSecret: 'p4ss' };
  const pair = (password: string) => Buffer.from(`mooring:${password}`).toString('base64');
  const inHeader = { kind: 'basic', header: 'x-own' } as const;
  const asUser = { kind: 'basic', username: 'mooring' } as const;

  test.each([
    { why: 'a header of ours alone', signature: inHeader, header: 'x-own', given: 'p4ss', ok: true },
    { why: 'a header of ours, changed', signature: inHeader, header: 'x-own', given: 'p4ss ', ok: false },
    { why: 'Basic', signature: asUser, header: 'authorization', given: `Basic ${pair('p4ss')}`, ok: true },
    {
      why: 'the pair without the word',
      signature: asUser,
      header: 'authorization',
      given: pair('p4ss'),
      ok: true,
    },
    { why: 'another password', signature: asUser, header: 'authorization', given: pair('other'), ok: false },
    { why: 'the word alone', signature: asUser, header: 'authorization', given: 'Basic ', ok: false },
  ])('$why: $ok', async ({ signature, header, given, ok }) => {
    const told = message({ headers: { [header]: given } });
    expect((await verifyReceived(signature, told, receiving([], NOW_MS, values))).ok).toBe(ok);
    const without = receiving([], NOW_MS, { notificationSecret: '' });
    expect((await verifyReceived(signature, told, without)).ok).toBe(false);
    expect(await verifyReceived(signature, message(), receiving([], NOW_MS, values))).toEqual({
      ok: false,
      at: 'missing',
    });
  });
});

describe('an HMAC', () => {
  test('is over the bytes as they came, whatever they are', async () => {
    for (const body of [
      Buffer.from('\ufeff{"a":"é"}'),
      Buffer.from([0, 0xff, 0xc3, 0x28]),
      Buffer.from('{"a" : 1}\r\n'),
    ]) {
      const mac = createHmac('sha256', 'k').update(body).digest('hex');
      expect(
        await verifyReceived(BODY_HMAC, message({ headers: { 'x-sig': mac }, body }), receiving(['k'])),
      ).toEqual({
        ok: true,
      });
    }
  });

  test('an empty secret is no secret: what anybody could have signed is refused', async () => {
    const mac = createHmac('sha256', '').update('{}').digest('hex');
    const told = message({ headers: { 'x-sig': mac }, body: '{}' });
    expect(await verifyReceived(BODY_HMAC, told, receiving(['']))).toEqual({ ok: false, at: 'signature' });
  });

  test('with a key in hex is made by its bytes (Squarespace)', async () => {
    const key = 'a1b2c3d4e5f60718';
    const mac = createHmac('sha256', Buffer.from(key, 'hex')).update('{}').digest('hex');
    const told = message({ headers: { 'x-sig': mac }, body: '{}' });
    const verdict = (keyEncoding: 'hex' | 'utf8') =>
      verifyReceived({ ...BODY_HMAC, keyEncoding }, told, receiving([key]));
    expect(await verdict('hex')).toEqual({ ok: true });
    expect(await verdict('utf8')).toEqual({ ok: false, at: 'signature' });
  });

  test('over fields of the body, and too old (Ecwid)', async () => {
    const ecwid: ReceivedHmac = {
      ...BODY_HMAC,
      encoding: 'base64',
      message: ['{json:eventCreated}', '.', '{json:eventId}'],
      timestamp: { in: { json: 'eventCreated' }, unit: 'seconds', toleranceS: 300 },
    };
    const body = JSON.stringify({ eventId: 'e1', eventCreated: NOW_MS / 1000 - 290 });
    const mac = createHmac('sha256', 'k')
      .update(`${NOW_MS / 1000 - 290}.e1`)
      .digest('base64');
    const told = message({ headers: { 'x-sig': mac }, body });
    expect(await verifyReceived(ecwid, told, receiving(['k']))).toEqual({ ok: true });
    expect(await verifyReceived(ecwid, told, receiving(['k'], NOW_MS + 60_000))).toEqual({
      ok: false,
      at: 'timestamp',
    });
  });

  test('over the query as it came, without the signature’s own parameter', async () => {
    const raw: ReceivedHmac = { ...BODY_HMAC, in: { parameter: 'sig' }, message: ['{rawQuery}'] };
    const query = 'shop-id=A%2fb&shop-url=https://x.example&timestamp=1';
    const mac = createHmac('sha256', 'k').update(query).digest('hex');
    const told = message({ url: `https://mooring.example/r?${query}&sig=${mac}`, parameters: { sig: mac } });
    expect(await verifyReceived(raw, told, receiving(['k']))).toEqual({ ok: true });
  });

  test('over sorted parameters', async () => {
    const sorted: ReceivedHmac = {
      ...BODY_HMAC,
      in: { parameter: 'hmac' },
      message: ['{parameters}'],
      parameters: { from: 'query', pair: '=', between: '&', encode: 'form' },
    };
    const mac = createHmac('sha256', 'k').update('a=1&b=2+3').digest('hex');
    const told = message({ parameters: { b: '2 3', hmac: mac, a: '1' } });
    expect(await verifyReceived(sorted, told, receiving(['k']))).toEqual({ ok: true });
  });
});

describe('Standard Webhooks', () => {
  const { secret, headers, body, atS } = STANDARD_WEBHOOK;
  const rule: ReceivedSignature = { kind: 'standard_webhooks', toleranceS: 300 };
  const verdict = (change: Record<string, string> = {}, secrets = [`whsec_${secret}`], nowS: number = atS) =>
    verifyReceived(
      rule,
      message({ headers: { ...headers, ...change }, body }),
      receiving(secrets, nowS * 1000),
    );

  test('its own example verifies, with and without its prefix, and among other signatures', async () => {
    expect(await verdict()).toEqual({ ok: true });
    expect(await verdict({}, [secret])).toEqual({ ok: true });
    expect(
      await verdict({ 'webhook-signature': `v1,AAAA v1a,BBBB ${headers['webhook-signature']}` }),
    ).toEqual({
      ok: true,
    });
  });

  test.each([
    ['another id', { 'webhook-id': 'msg_other' }, 'signature'],
    ['another time', { 'webhook-timestamp': '1614265331' }, 'signature'],
    ['an empty signature', { 'webhook-signature': 'v1,' }, 'signature'],
    [
      'a signature of another version',
      { 'webhook-signature': headers['webhook-signature'].replace('v1', 'v2') },
      'signature',
    ],
    ['no signature', { 'webhook-signature': '' }, 'missing'],
    ['no id', { 'webhook-id': '' }, 'missing'],
  ])('%s: refused', async (_why, change, at) => {
    expect(await verdict(change)).toEqual({ ok: false, at });
  });

  test('five minutes of clock skew are forgiven, six are not', async () => {
    for (const skewS of [-300, 300]) expect(await verdict({}, [secret], atS + skewS)).toEqual({ ok: true });
    for (const skewS of [-361, 361])
      expect(await verdict({}, [secret], atS + skewS)).toEqual({ ok: false, at: 'timestamp' });
  });
});

describe('a platform’s own key', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pemOf = ({ publicKey }: typeof rsa) => publicKey.export({ type: 'spki', format: 'pem' }).toString();

  test('bol.com: an id, and RSA over the body; the key is read by its id alone', async () => {
    const rule: ReceivedSignature = {
      kind: 'public_key',
      header: 'Signature',
      algorithm: 'rsa-sha256',
      form: 'parameters',
      key: { path: '/subscriptions/signature-keys?id={keyId}' },
    };
    const read: string[] = [];
    const readKey = async (path: string) => {
      read.push(path);
      // As it hands it out: base64 without its frame.
      return pemOf(rsa).replace(/-----[^-]+-----|\s/g, '');
    };
    const signature = createSign('sha256').update('{"a":1}').sign(rsa.privateKey, 'base64');
    const of = (keyId: string, body: string) =>
      verifyReceived(
        rule,
        message({
          headers: { signature: `keyId=${keyId}, algorithm="rsa-sha256", signature=${signature}` },
          body,
        }),
        { ...receiving([]), readKey },
      );
    expect(await of('7', '{"a":1}')).toEqual({ ok: true });
    expect(await of('7', '{"a":2}')).toEqual({ ok: false, at: 'signature' });
    expect(read).toEqual(['/subscriptions/signature-keys?id=7', '/subscriptions/signature-keys?id=7']);
    expect(await of('../../x', '{"a":1}')).toEqual({ ok: false, at: 'key' });
    expect(read).toHaveLength(2);
  });

  test('eBay: a JSON in base64, and ECDSA over the body', async () => {
    const rule: ReceivedSignature = {
      kind: 'public_key',
      header: 'x-ebay-signature',
      algorithm: 'ecdsa-sha1',
      form: 'json',
      key: { path: '/public_key/{keyId}' },
    };
    const signature = signBytes('sha1', Buffer.from('{}'), ec.privateKey).toString('base64');
    const of = (kid: string) =>
      verifyReceived(
        rule,
        message({
          headers: {
            'x-ebay-signature': Buffer.from(
              JSON.stringify({ alg: 'ecdsa', kid, signature, digest: 'SHA1' }),
            ).toString('base64'),
          },
          body: '{}',
        }),
        { ...receiving([]), readKey: async () => pemOf(ec).replace(/\n/g, '') },
      );
    expect(await of('9936261a-7d7b')).toEqual({ ok: true });
    for (const kid of ['../../x', 'https://evil.test/key', '', 'a'.repeat(200)])
      expect((await of(kid)).ok).toBe(false);
  });

  test('Wix: the body is a JWT', async () => {
    const rule: ReceivedSignature = {
      kind: 'jwt',
      in: 'body',
      jwt: {
        algorithms: ['RS256'],
        key: { kind: 'public_key', pem: '{publicKey}' },
        issuer: null,
        audience: null,
      },
    };
    const jwt = await new SignJWT({ data: '{}', exp: NOW_MS / 1000 + 60 })
      .setProtectedHeader({ alg: 'RS256' })
      .sign(rsa.privateKey);
    const of = (body: string) =>
      verifyReceived(rule, message({ body }), receiving([], NOW_MS, { publicKey: pemOf(rsa) }));
    expect(await of(jwt)).toMatchObject({ ok: true, claims: { data: '{}' } });
    expect(await of('')).toEqual({ ok: false, at: 'missing' });
    expect((await of('{"data":"{}"}')).ok).toBe(false);
  });
});
