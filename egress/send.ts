// Sends one request over a guarded, keep-alive connection and reads a bounded answer. Whatever the status, it is an answer;
// redirects are never followed. It must never put a header or a body into an error.
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { Agent, errors } from 'undici';
import { judgeCertificate } from '../auth/transport.ts';
import { MooringError } from '../domain/errors.ts';
import type { ClientCertificate, OutboundAnswer, OutboundRequest } from '../domain/outbound.ts';
import { tlsFailure, tlsFaultOf } from '../domain/tls-fault.ts';
import { addressNotAllowed, type Guard } from './guard.ts';
import { type Clock, SYSTEM_CLOCK } from './surroundings.ts';

export interface SendBounds {
  /** From the call to the last byte of the answer, connecting included. */
  readonly totalMs: number;
  /** Of the body after decompression, and before. */
  readonly maxBytes: number;
}

export const API_BOUNDS: SendBounds = { totalMs: 30_000, maxBytes: 8 * 1024 * 1024 };
/** A refresh must end within 8 s: its activity times out at 12 s. */
export const TOKEN_BOUNDS: SendBounds = { totalMs: 8_000, maxBytes: 1024 * 1024 };

export interface SendOptions {
  readonly bounds: SendBounds;
  readonly permitHttp?: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface Sender {
  /** Throws address_not_allowed, certificate_invalid, platform_unreachable, platform_answer_invalid, platform_answer_too_large, or the signal's reason. */
  send(request: OutboundRequest, options: SendOptions): Promise<OutboundAnswer>;
  close(): Promise<void>;
}

const AGENT_OPTIONS = {
  headersTimeout: 30_000,
  bodyTimeout: 15_000,
  keepAliveTimeout: 10_000,
  maxHeaderSize: 32 * 1024,
  connections: 32,
  pipelining: 1,
} as const;

/** Keeps connections for later calls, but those that showed a certificate. `clock` judges certificates' dates. */
export function createSender(guard: Guard, clock: Pick<Clock, 'nowMs'> = SYSTEM_CLOCK): Sender {
  const agent = new Agent({ ...AGENT_OPTIONS, connect: guard.connector });
  return {
    send: (request, options) =>
      request.clientCertificate === undefined
        ? sendOne(agent, guard, request, options)
        : sendCertified(guard, clock, request.clientCertificate, { request, options }),
    close: () => agent.destroy(),
  };
}

/** A connection of its own, gone with the answer: nobody else's call goes over it, and the key outlives no call. */
async function sendCertified(
  guard: Guard,
  clock: Pick<Clock, 'nowMs'>,
  certificate: ClientCertificate,
  { request, options }: { readonly request: OutboundRequest; readonly options: SendOptions },
): Promise<OutboundAnswer> {
  judgeCertificate(certificate, clock.nowMs());
  const agent = new Agent({ ...AGENT_OPTIONS, connections: 1, connect: guard.connectorWith(certificate) });
  try {
    return await sendOne(agent, guard, request, options);
  } finally {
    await agent.destroy();
  }
}

async function sendOne(
  agent: Agent,
  guard: Guard,
  request: OutboundRequest,
  options: SendOptions,
): Promise<OutboundAnswer> {
  const url = guard.check(request.url, options.permitHttp);
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(tooSlow(options.bounds)), options.bounds.totalMs);
  const signal =
    options.signal === undefined ? timeout.signal : AbortSignal.any([timeout.signal, options.signal]);
  try {
    const answer = await agent.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: methodOf(request.method),
      headers: { 'accept-encoding': 'gzip, deflate, br', ...request.headers },
      body: request.body,
      signal,
    });
    const headers = flatHeaders(answer.headers);
    const raw = await readBounded(answer.body, options.bounds.maxBytes);
    const bodyText = (await decoded(raw, headers['content-encoding'], options.bounds.maxBytes)).toString(
      'utf8',
    );
    return { status: answer.statusCode, headers, bodyText };
  } catch (error) {
    throw asOurs(error, signal, url);
  } finally {
    clearTimeout(timer);
  }
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

function methodOf(text: string): (typeof METHODS)[number] {
  const method = METHODS.find((known) => known === text);
  if (method === undefined) throw new MooringError('internal', `"${text}" is not a method egress sends`);
  return method;
}

function flatHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name === '__proto__' || value === undefined) continue;
    flat[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return flat;
}

async function readBounded(
  body: AsyncIterable<Buffer> & { destroy(): void },
  maxBytes: number,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of body) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  const [only] = chunks;
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, sizeBytes);
}

const DECODERS: Readonly<
  Record<string, (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>>
> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};

/** Undoes one content coding, in the thread pool; a bomb ends at `maxBytes`. Stacked codings are refused. */
async function decoded(raw: Buffer, coding: string | undefined, maxBytes: number): Promise<Buffer> {
  const name = coding?.trim().toLowerCase() ?? '';
  if (name === '' || name === 'identity' || raw.length === 0) return raw;
  const decode = Object.hasOwn(DECODERS, name) ? DECODERS[name] : undefined;
  if (decode === undefined)
    throw new MooringError('platform_answer_invalid', 'the answer has a content coding nobody asked for');
  try {
    return await decode(raw, { maxOutputLength: maxBytes });
  } catch (error) {
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maxBytes);
    throw new MooringError('platform_answer_invalid', 'the answer is compressed and does not decompress');
  }
}

/** Turns what the network did into an error of ours; the network's own error is kept as a code alone. */
function asOurs(error: unknown, signal: AbortSignal, url: URL): unknown {
  if (signal.aborted) return signal.reason;
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof MooringError)
      return cause.code === 'address_not_allowed' ? addressNotAllowed() : cause;
  }
  const code = codeOf(error) ?? 'unknown';
  if (code === 'UND_ERR_HEADERS_OVERFLOW') return tooLarge(32 * 1024);
  const isMalformed =
    error instanceof errors.HTTPParserError || code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH';
  if (isMalformed)
    return new MooringError('platform_answer_invalid', `"${url.host}" did not answer in HTTP`, {
      detail: { network: code },
    });
  const fault = tlsFaultOf(code);
  if (fault !== null) return tlsFailure(url.host, fault, code);
  return new MooringError('platform_unreachable', `"${url.host}" cannot be reached`, {
    detail: { network: code },
  });
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof AggregateError && error.errors[0] !== undefined && !('code' in error && error.code))
    return codeOf(error.errors[0]);
  return 'code' in error && typeof error.code === 'string' ? error.code : codeOf(error.cause);
}

function tooLarge(maxBytes: number): MooringError {
  return new MooringError('platform_answer_too_large', `the answer is larger than ${maxBytes} bytes`);
}

function tooSlow(bounds: SendBounds): MooringError {
  return new MooringError('platform_unreachable', `the platform did not answer within ${bounds.totalMs} ms`, {
    detail: { network: 'timeout' },
  });
}
