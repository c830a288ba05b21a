/** The sandbox's HTTP side: one port for every simulated platform, told apart by host. Knows no platform's rules. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { type Answer, type Exchange, json } from './exchange.ts';
import { answerInstead, type Fault, spoilAnswer, takeFault } from './faults.ts';
import { stopPushing } from './pushing.ts';
import { record } from './recorder.ts';
import { route } from './router.ts';
import { createSandbox, type Sandbox } from './sandbox.ts';

const MAX_BODY_BYTES = 5_000_000;

export interface SandboxOptions {
  /** 0 or nothing: any free port. */
  port?: number;
  /** Where state is kept between starts; nothing: in memory alone. */
  dataFolder?: string;
  /** The clock, before what control adds to it. */
  now?: () => number;
  /** Another one makes other records in every shop. */
  seed?: string;
}

export interface RunningSandbox {
  url: string;
  port: number;
  close(): Promise<void>;
}

/** Starts on loopback. Throws when the port is taken or the snapshot cannot be read. */
export async function startSandbox(options: SandboxOptions = {}): Promise<RunningSandbox> {
  const sandbox = createSandbox(options);
  const server = createServer((request, response) => {
    serve(sandbox, request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else send(response, json(500, { error: 'sandbox_fault', message: String(error) }));
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = addressOf(server.address());
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    close: async () => {
      stopPushing(sandbox);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      sandbox.flush();
    },
  };
}

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new Error('the sandbox listens on no port');
  return address;
}

async function serve(sandbox: Sandbox, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const exchange = await readExchange(request);
  if (exchange === null) return send(response, json(413, { error: 'body larger than 5 MB' }));
  const target = route(sandbox, exchange);
  if (target.control) return send(response, await target.handle());
  const fault = takeFault(sandbox, exchange, target.shopKey);
  const end = record(sandbox, exchange, target.shopKey);
  let status: number | null = null;
  try {
    if (fault?.kind === 'slow') await pause(fault.ms);
    const answer = (fault && answerInstead(fault)) ?? (await target.handle());
    status = answer.status;
    if (fault === null) send(response, answer);
    else status = await sendFaulty(response, fault, spoilAnswer(fault, exchange, answer));
  } finally {
    end({ status, fault: fault?.kind ?? null });
  }
}

const HOST_PREFIX = /^\/_host\/([A-Za-z0-9.:-]+)(?=\/|$)/;

/** The request as the platform would see it; null when its body is too large. */
async function readExchange(request: IncomingMessage): Promise<Exchange | null> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_BODY_BYTES) return null;
    chunks.push(chunk);
  }
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  const target = request.url ?? '/';
  const mark = target.indexOf('?');
  const fullPath = mark === -1 ? target : target.slice(0, mark);
  const rawQuery = mark === -1 ? '' : target.slice(mark + 1);
  const prefixed = HOST_PREFIX.exec(fullPath);
  const host = prefixed?.[1] ?? headers['x-forwarded-host'] ?? headers['host'] ?? '';
  return {
    method: request.method ?? 'GET',
    host: host
      .toLowerCase()
      .replace(/:\d+$/, '')
      .replace(/\.localhost$/, ''),
    path: fullPath.slice(prefixed?.[0].length ?? 0) || '/',
    query: new URLSearchParams(rawQuery),
    rawQuery,
    headers,
    bodyText: Buffer.concat(chunks).toString('utf8'),
    prefix: prefixed?.[0] ?? '',
  };
}

function send(response: ServerResponse, answer: Answer): void {
  response.writeHead(answer.status, { ...answer.headers, 'content-length': Buffer.byteLength(answer.body) });
  response.end(answer.body);
}

/** Sends as the fault wants it; the status the caller saw, null when it saw none. */
async function sendFaulty(response: ServerResponse, fault: Fault, answer: Answer): Promise<number | null> {
  const body = Buffer.from(answer.body);
  switch (fault.kind) {
    case 'drop':
    case 'lose_answer':
      response.socket?.destroy();
      return null;
    case 'cut':
      response.writeHead(answer.status, { ...answer.headers, 'content-length': body.length });
      response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.socket?.destroy());
      return answer.status;
    case 'drip':
      response.writeHead(answer.status, { ...answer.headers, 'content-length': body.length });
      for (const byte of body) {
        if (response.destroyed) break;
        response.write(Buffer.of(byte));
        await pause(fault.ms);
      }
      response.end();
      return answer.status;
    case 'huge':
      await sendHuge(response, fault.bytes ?? Number.POSITIVE_INFINITY);
      return 200;
    default:
      send(response, answer);
      return answer.status;
  }
}

async function sendHuge(response: ServerResponse, bytes: number): Promise<void> {
  const chunk = Buffer.alloc(65_536, '{"id":1},');
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('[');
  for (let sent = 0; sent < bytes && !response.destroyed; sent += chunk.length) {
    if (response.write(chunk)) await pause(0);
    else await Promise.race([drained(response), pause(1_000)]);
  }
  response.end('{}]');
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => response.once('drain', resolve));
}
