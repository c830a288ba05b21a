// What comes back over the wire, from real servers that misbehave: too much, too slow, cut off, packed, or led elsewhere.
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { createGuard } from '../../egress/guard.ts';
import { NO_OVERRIDES } from '../../egress/overrides.ts';
import { createSender, type SendBounds, type Sender } from '../../egress/send.ts';
import { SELF_SIGNED } from './self-signed.ts';

const BOUNDS: SendBounds = { totalMs: 2_000, maxBytes: 64 * 1024 };
const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function listening(server: Server | ReturnType<typeof createTcpServer>): Promise<number> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  closers.push(() => new Promise((done) => server.close(done)));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function sender(): Sender {
  const made = createSender(createGuard({ originOverrides: NO_OVERRIDES, allowPrivateNetworks: true }));
  closers.unshift(() => made.close());
  return made;
}

async function ask(
  handler: RequestListener,
  options: { bounds?: SendBounds; path?: string; signal?: AbortSignal } = {},
) {
  const server = createServer(handler);
  const port = await listening(server);
  closers.unshift(async () => server.closeAllConnections());
  return sender().send(
    { method: 'GET', url: `http://127.0.0.1:${port}${options.path ?? '/'}`, headers: {}, body: null },
    { bounds: options.bounds ?? BOUNDS, signal: options.signal },
  );
}

describe('an answer', () => {
  it('comes back whatever its status, with repeated headers joined', async () => {
    const answer = await ask((_request, response) => {
      response.writeHead(
        418,
        [
          ['x-limit', '1'],
          ['x-limit', '2'],
          ['content-type', 'text/plain; charset=utf-8'],
        ].flat(),
      );
      response.end('тест');
    });
    expect(answer).toMatchObject({ status: 418, bodyText: 'тест' });
    expect(answer.headers['x-limit']).toBe('1, 2');
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ] as const)('is unpacked from %s', async (coding, pack) => {
    const answer = await ask((_request, response) =>
      response.writeHead(200, { 'content-encoding': coding }).end(pack('{"a":1}')),
    );
    expect(answer.bodyText).toBe('{"a":1}');
  });

  it('that redirects is not followed', async () => {
    const paths: (string | undefined)[] = [];
    const answer = await ask((request, response) => {
      paths.push(request.url);
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    expect(answer.status).toBe(302);
    expect(paths).toEqual(['/']);
  });

  it.each([
    ['larger than the bound', { 'content-type': 'text/plain' }, Buffer.alloc(65 * 1024, 'a')],
    ['a gzip bomb', { 'content-encoding': 'gzip' }, gzipSync(Buffer.alloc(50 * 1024 * 1024))],
    ['a brotli bomb', { 'content-encoding': 'br' }, brotliCompressSync(Buffer.alloc(20 * 1024 * 1024))],
  ])('that is %s is platform_answer_too_large', async (_why, headers, body) => {
    await expect(
      ask((_request, response) => response.writeHead(200, headers).end(body)),
    ).rejects.toMatchObject({
      code: 'platform_answer_too_large',
    });
  });

  it('that never ends is cut at the size bound', async () => {
    const endless = ask((_request, response) => {
      const pour = () => {
        while (!response.destroyed && response.write(Buffer.alloc(16 * 1024))) {}
      };
      response.on('drain', pour);
      pour();
    });
    await expect(endless).rejects.toMatchObject({ code: 'platform_answer_too_large' });
  });

  it.each([
    ['a coding nobody asked for', { 'content-encoding': 'zstd' }, Buffer.from('x')],
    ['stacked codings', { 'content-encoding': 'gzip, gzip' }, gzipSync(gzipSync('x'))],
    ['gzip that is none', { 'content-encoding': 'gzip' }, Buffer.from('plain')],
    ['gzip cut short', { 'content-encoding': 'gzip' }, gzipSync('a'.repeat(1000)).subarray(0, 15)],
  ])('that has %s is platform_answer_invalid', async (_why, headers, body) => {
    await expect(
      ask((_request, response) => response.writeHead(200, headers).end(body)),
    ).rejects.toMatchObject({
      code: 'platform_answer_invalid',
    });
  });

  it.each([
    ['the headers never come', () => {}],
    [
      'the body stops half way',
      (socket: Socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf'),
    ],
    ['it drips', (socket: Socket) => drip(socket)],
  ])('is given up after the total time when %s', async (_why, answer) => {
    const port = await tcp(answer);
    const before = performance.now();
    await expect(get(port, { totalMs: 300, maxBytes: 1000 })).rejects.toMatchObject({
      code: 'platform_unreachable',
      detail: { network: 'timeout' },
    });
    expect(performance.now() - before).toBeLessThan(1500);
  });

  it.each([
    ['the connection breaks before the answer', (socket: Socket) => socket.destroy(), 'platform_unreachable'],
    [
      'the connection breaks in the body',
      (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf'),
      'platform_unreachable',
    ],
    [
      'it is not HTTP',
      (socket: Socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n\r\n'),
      'platform_answer_invalid',
    ],
    [
      'its headers are huge',
      (socket: Socket) => socket.write(`HTTP/1.1 200 OK\r\nx: ${'a'.repeat(64 * 1024)}\r\n\r\n`),
      'platform_answer_too_large',
    ],
  ] as const)('is an error of its own when %s', async (_why, answer, code) => {
    const port = await tcp((socket) => void answer(socket));
    await expect(get(port)).rejects.toMatchObject({ code });
  });

  it('is no longer waited for when the caller aborts, who gets its own reason', async () => {
    const stop = new AbortController();
    const reason = new Error('the activity was cancelled');
    const asked = ask(() => stop.abort(reason), { signal: stop.signal });
    await expect(asked).rejects.toBe(reason);
  });
});

describe('TLS', () => {
  it('refuses a certificate nobody vouches for, and sends it nothing', async () => {
    let requests = 0;
    const server = createTlsServer(SELF_SIGNED, (_request, response) => {
      requests++;
      response.end();
    });
    server.on('tlsClientError', () => {});
    const port = await listening(server);
    const url = `https://127.0.0.1:${port}/`;
    const asked = sender().send(
      { method: 'GET', url, headers: { authorization: 'Bearer canary' }, body: null },
      { bounds: BOUNDS },
    );
    await expect(asked).rejects.toMatchObject({
      code: 'platform_unreachable',
      detail: { network: expect.stringMatching(/SELF_SIGNED|CERT/) },
    });
    expect(requests).toBe(0);
  });
});

describe('a connection', () => {
  it('is kept and used again for the same origin', async () => {
    const sockets = new Set<Socket>();
    const server = createServer((request, response) => {
      sockets.add(request.socket);
      response.end('{}');
    });
    const port = await listening(server);
    const one = sender();
    for (let call = 0; call < 5; call++) {
      await one.send(
        { method: 'GET', url: `http://127.0.0.1:${port}/`, headers: {}, body: null },
        { bounds: BOUNDS },
      );
    }
    // A second one may be opened while the first is still being given back.
    expect(sockets.size).toBeLessThanOrEqual(2);
  });
});

async function tcp(answer: (socket: Socket) => unknown): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', () => answer(socket));
  });
  const port = await listening(server);
  closers.unshift(async () => {
    for (const socket of sockets) socket.destroy();
  });
  return port;
}

function get(port: number, bounds: SendBounds = BOUNDS) {
  return sender().send(
    { method: 'GET', url: `http://127.0.0.1:${port}/`, headers: {}, body: null },
    { bounds },
  );
}

function drip(socket: Socket): void {
  socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n');
  const timer = setInterval(() => socket.write('a'), 20);
  socket.once('close', () => clearInterval(timer));
}
