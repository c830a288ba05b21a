import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesOf, here, mooring } from './local-command.ts';

const FOLDER = fileURLToPath(new URL('./platforms', import.meta.url));
const SECRET = 'kiosk-secret-1';
const AT = 1_795_255_200;
const BODY = '{"order":7}';

const hmac = (key: string, text: string, encoding: 'hex' | 'base64', algorithm = 'sha256') =>
  createHmac(algorithm, key).update(text).digest(encoding);

beforeAll(() => {
  process.env['MOORING_PLATFORMS'] = FOLDER;
});
afterAll(() => {
  delete process.env['MOORING_PLATFORMS'];
});

function notification(signature: string, body = BODY, secrets = SECRET) {
  const file = filesOf({
    headers: `POST /notify HTTP/1.1\r\nX-Kiosk-Time: ${AT}\r\n${signature === '' ? '' : `X-Kiosk-Signature: ${signature}\r\n`}`,
    body,
    secret: secrets,
  });
  return ['--headers-file', file('headers'), '--body-file', file('body'), '--secret-file', file('secret')];
}
const kiosk = ['verify', '--platform', 'kiosk', '--notification', '--json'];
const RIGHT = hmac(SECRET, `${AT}.${BODY}`, 'base64');

describe('mooring verify, of a notification', () => {
  it('as a process: says that it verifies, by an earlier secret too', async () => {
    const args = notification(RIGHT, BODY, `a-newer-secret\n${SECRET}\n`);
    const ran = await mooring([...kiosk.slice(0, -1), ...args, '--at', String(AT)], {
      env: { MOORING_PLATFORMS: FOLDER },
    });
    expect(ran, ran.err).toMatchObject({ code: 0, out: 'It verifies.\n' });
  });

  it('takes a body from standard input byte for byte, and a secret file that begins with a byte order mark', async () => {
    const bytes = Buffer.from([0xef, 0xbb, 0xbf, 0xff, 0x00, 0xfe]);
    const signature = createHmac('sha256', SECRET).update(`${AT}.`).update(bytes).digest('base64');
    const args = notification(signature, '', `\uFEFF${SECRET}\r\n`).map((arg) =>
      arg.endsWith('/body') ? '-' : arg,
    );
    const ran = await mooring([...kiosk, ...args, '--at', String(AT)], {
      stdin: bytes,
      env: { MOORING_PLATFORMS: FOLDER },
    });
    expect(ran, ran.err).toMatchObject({ code: 0, out: expect.stringContaining('"verified": true') });
  });

  it('takes no day that there is not', async () => {
    expect((await here(...kiosk, ...notification(RIGHT), '--at', '2026-02-30T10:00:00Z')).err).toContain(
      'is no instant',
    );
  });

  it.each<[string, readonly string[], number, string]>([
    ['no signature', notification(''), AT, 'missing'],
    ['the right digest in hex', notification(hmac(SECRET, `${AT}.${BODY}`, 'hex')), AT, 'encoding'],
    ['a digest cut short', notification(RIGHT.slice(0, 20)), AT, 'encoding'],
    ['the digest of SHA-1', notification(hmac(SECRET, `${AT}.${BODY}`, 'base64', 'sha1')), AT, 'algorithm'],
    ['a line end added to the body', notification(RIGHT, `${BODY}\n`), AT, 'body'],
    ['another secret', notification(hmac('other', `${AT}.${BODY}`, 'base64')), AT, 'signature'],
    ['another body', notification(RIGHT, '{"order":8}'), AT, 'signature'],
    ['six minutes late', notification(RIGHT), AT + 360, 'timestamp'],
    ['six minutes early', notification(RIGHT), AT - 360, 'timestamp'],
  ])('%s: says at which step it fails', async (_why, args, at, step) => {
    const ran = await here(...kiosk, ...args, '--at', String(at));
    expect(ran.code, ran.err).toBe(1);
    expect(JSON.parse(ran.out)).toMatchObject({ platform: 'kiosk', verified: false, step });
    expect(ran.out).not.toContain(RIGHT);
  });

  it.each([
    ['a header line that is none', { headers: 'nonsense', secret: SECRET }, 'line 1'],
    ['an empty secret file', { headers: '', secret: '' }, 'is empty'],
    ['a secret file with a field nobody knows', { headers: '', secret: '{"secrets":1}' }, 'secrets'],
    ['a secret file without a secret', { headers: '', secret: '{}' }, '"clientSecret"'],
  ])('refuses %s with exit code 2', async (_why, contents, told) => {
    const file = filesOf(contents);
    const ran = await here(...kiosk, '--headers-file', file('headers'), '--secret-file', file('secret'));
    expect(ran.code).toBe(2);
    expect(ran.err).toContain(told);
  });
});

describe('mooring verify, of a callback', () => {
  const query = 'code=abc&shop=mooring-demo.myshopify.com&state=s1&timestamp=1795255200';
  const signed = (signature: string) => `https://m.example/oauth/shopify/callback?${query}&hmac=${signature}`;
  const right = hmac(SECRET, query, 'hex');

  it.each<[string, string, number, string | null]>([
    ['signed by us', signed(right), AT + 10, null],
    ['without a signature', `https://m.example/x?${query}`, AT, 'missing'],
    ['in base64', signed(encodeURIComponent(hmac(SECRET, query, 'base64'))), AT, 'encoding'],
    ['by another secret', signed(hmac('x', query, 'hex')), AT, 'signature'],
    ['of yesterday', signed(right), AT + 86_400, 'timestamp'],
  ])('%s', async (_why, url, at, step) => {
    const file = filesOf({ secret: SECRET });
    const common = ['verify', '--json', '--platform', 'shopify', '--step', 'callback'];
    const ran = await here(...common, '--url', url, '--secret-file', file('secret'), '--at', String(at));
    expect(JSON.parse(ran.out || '{}'), ran.err).toMatchObject({ verified: step === null, step });
    expect(ran.code).toBe(step === null ? 0 : 1);
  });

  it('needs its address, and a step that there is', async () => {
    const file = filesOf({ secret: SECRET });
    const common = ['verify', '--platform', 'shopify', '--secret-file', file('secret')];
    expect(await here(...common, '--step', 'callback')).toMatchObject({ code: 2, out: '' });
    expect((await here(...common, '--step', 'nothing')).err).toContain('its steps: callback');
  });
});

describe('mooring verify, by a public key of the platform', () => {
  const body = Buffer.from('{"metadata":{"topic":"MARKETPLACE_ACCOUNT_DELETION"}}');
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = (key: typeof ec.publicKey) => key.export({ type: 'spki', format: 'pem' }).toString();
  const asJson = {
    alg: 'ecdsa',
    kid: 'k-1',
    signature: sign('sha1', body, ec.privateKey).toString('base64'),
  };
  const ebay = `X-EBAY-SIGNATURE: ${Buffer.from(JSON.stringify(asJson)).toString('base64')}`;
  const bol = `Signature: keyId=k-1, algorithm="SHA256withRSA", signature=${sign('sha256', body, rsa.privateKey).toString('base64')}`;

  it.each<[string, string, string, string, Record<string, string>, Buffer, string | null]>([
    ['as it came', 'ebay', ebay, pem(ec.publicKey), {}, body, null],
    ['as it came', 'bolcom', bol, pem(rsa.publicKey), {}, body, null],
    ['with another body', 'ebay', ebay, pem(ec.publicKey), {}, Buffer.from('{}'), 'signature'],
    [
      'by a key that was not given',
      'ebay',
      ebay,
      pem(ec.publicKey),
      { 'k-2': pem(ec.publicKey) },
      body,
      'key',
    ],
    ['with a header that is none', 'ebay', 'x-ebay-signature: ***', pem(ec.publicKey), {}, body, 'malformed'],
    ['without it', 'ebay', 'x-other: 1', pem(ec.publicKey), {}, body, 'missing'],
  ])('%s (%s)', async (_why, platform, headers, key, others, received, step) => {
    const publicKeys = Object.keys(others).length > 0 ? others : { 'k-1': key };
    const file = filesOf({ headers, body: received, secret: JSON.stringify({ publicKeys }) });
    const args = [
      '--headers-file',
      file('headers'),
      '--body-file',
      file('body'),
      '--secret-file',
      file('secret'),
    ];
    const ran = await here('verify', '--json', '--platform', platform, '--notification', ...args);
    expect(JSON.parse(ran.out || '{}'), ran.err).toMatchObject({ verified: step === null, step });
  });
});
