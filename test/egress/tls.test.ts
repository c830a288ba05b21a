// TLS as platforms may get it wrong: each way is refused with a reason of its own, by both ways out, before a byte of the request is sent.
import { request as httpsRequest } from 'node:https';
import { createServer, type TlsOptions } from 'node:tls';
import { afterEach, expect, test } from 'vitest';
import { judge } from '../../activities/refresh-credential.ts';
import { createGuard, type Guard } from '../../egress/guard.ts';
import { NO_OVERRIDES } from '../../egress/overrides.ts';
import { createSender } from '../../egress/send.ts';
import { createAuthority, selfSigned } from './certificates.ts';

const HOST = 'shop.example';
const DAY_MS = 86_400_000;
const authority = createAuthority('An authority');
const stranger = createAuthority('Nobody we know');
const closers: (() => void)[] = [];

afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A server that counts what it can decrypt, and answers. */
async function serve(options: TlsOptions): Promise<{ url: string; received: () => number }> {
  let received = 0;
  const server = createServer(options, (socket) => {
    socket.on('error', () => {});
    socket.on('data', (data) => {
      received += data.length;
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
    });
  });
  server.on('tlsClientError', () => {});
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  closers.push(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `https://${HOST}:${port}/`, received: () => received };
}

const guard = (): Guard =>
  createGuard({
    originOverrides: NO_OVERRIDES,
    allowPrivateNetworks: true,
    ca: authority.cert,
    resolve: async () => [{ address: '127.0.0.1', family: 4 }],
  });

async function send(url: string): Promise<unknown> {
  const sender = createSender(guard());
  closers.push(() => void sender.close());
  return sender
    .send(
      { method: 'POST', url, headers: { authorization: 'Bearer canary' }, body: 'canary' },
      { bounds: { totalMs: 3_000, maxBytes: 1_000 } },
    )
    .catch((error: unknown) => error);
}

/** The other way out: what a client that speaks by itself is lent. */
function sendByAgent(url: string): Promise<unknown> {
  const agents = guard().agents(3_000, new AbortController().signal);
  return new Promise((done) => {
    const request = httpsRequest(url, { method: 'POST', agent: agents.https }, (answer) => {
      answer.resume();
      done(answer.statusCode);
    });
    request.once('error', done);
    request.end('canary');
  });
}

test('a certificate of a known authority for this host is good, for both ways out', async () => {
  const { url, received } = await serve(authority.issue({ host: HOST }));
  expect(await send(url)).toMatchObject({ status: 200, bodyText: 'ok' });
  expect(await sendByAgent(url)).toBe(200);
  expect(received()).toBeGreaterThan(0);
});

const past = { from: new Date(Date.now() - 3 * DAY_MS), until: new Date(Date.now() - DAY_MS) };
const future = { from: new Date(Date.now() + DAY_MS), until: new Date(Date.now() + 2 * DAY_MS) };
const old = { maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'DEFAULT:@SECLEVEL=0' } as const;

test.each<[string, () => TlsOptions, string, RegExp]>([
  ['an expired certificate', () => authority.issue({ host: HOST, ...past }), 'expired', /has expired/],
  [
    'one that is not valid yet',
    () => authority.issue({ host: HOST, ...future }),
    'not_yet_valid',
    /not valid yet/,
  ],
  [
    'one for another host',
    () => authority.issue({ host: 'other.example' }),
    'other_host',
    /for another host/,
  ],
  [
    'one for a host that ends alike',
    () => authority.issue({ host: `evil-${HOST}` }),
    'other_host',
    /for another host/,
  ],
  ['one that vouches for itself', () => selfSigned(HOST), 'untrusted', /no known authority/],
  ['one of an unknown authority', () => stranger.issue({ host: HOST }), 'untrusted', /no known authority/],
  ['TLS 1.1 at most', () => ({ ...authority.issue({ host: HOST }), ...old }), 'old_protocol', /no TLS 1\.2/],
])('%s is refused, and nothing was sent', async (_what, options, tls, message) => {
  const { url, received } = await serve(options());
  const refused = await send(url);
  expect(refused).toMatchObject({
    code: 'platform_unreachable',
    message: expect.stringMatching(message),
    detail: { tls },
  });
  expect(String(refused)).toContain(`"${new URL(url).host}"`);
  // A refresh that met this was never sent: the token is still good, and tried again.
  expect(judge(refused)).toMatchObject({ outcome: 'failed' });
  expect(await sendByAgent(url)).toBeInstanceOf(Error);
  expect(received()).toBe(0);
});

test('verification is not turned off by the environment', async () => {
  const { url, received } = await serve(selfSigned(HOST));
  const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
  try {
    expect(await send(url)).toMatchObject({ detail: { tls: 'untrusted' } });
    expect(await sendByAgent(url)).toBeInstanceOf(Error);
  } finally {
    if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
  }
  expect(received()).toBe(0);
});

test('a server that speaks plain HTTP where TLS is demanded gets nothing of the request', async () => {
  const { createServer: createTcpServer } = await import('node:net');
  let text = '';
  const server = createTcpServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (data) => {
      text += data.toString('latin1');
      socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  closers.push(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  expect(await send(`https://${HOST}:${port}/`)).toMatchObject({
    code: 'platform_unreachable',
    detail: { tls: 'handshake' },
  });
  expect(await sendByAgent(`https://${HOST}:${port}/`)).toBeInstanceOf(Error);
  expect(text).not.toContain('canary');
});

test('an address without TLS is refused before anything is resolved, unless the shop may be reached so', async () => {
  const resolved: string[] = [];
  const strict = createGuard({
    originOverrides: NO_OVERRIDES,
    allowPrivateNetworks: false,
    resolve: async (host) => {
      resolved.push(host);
      return [];
    },
  });
  const sender = createSender(strict);
  closers.push(() => void sender.close());
  const request = { method: 'GET', url: `http://${HOST}/`, headers: { authorization: 'x' }, body: null };
  await expect(sender.send(request, { bounds: { totalMs: 1_000, maxBytes: 10 } })).rejects.toMatchObject({
    code: 'address_not_allowed',
  });
  expect(resolved).toEqual([]);
});
