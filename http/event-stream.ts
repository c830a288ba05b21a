// Server-sent events (WHATWG HTML § 9.2): the event feed as it grows, for who has no public address. The id of an event is a cursor, so a reader that
// comes back says with Last-Event-ID where it was. A stream ends when its key is revoked, when its reader does not keep up, and when we stop.
import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { MooringError } from '../domain/errors.ts';
import { EVENTS_CHANNEL } from '../store/event-order.ts';
import { principalOf } from './auth.ts';
import type { HttpDeps } from './deps.ts';
import type { EventFeed, EventPage } from './event-feed.ts';
import { setSecureHeaders } from './security-headers.ts';
import type { App } from './server.ts';

export interface EventStreams {
  /** Takes the answer over and serves it until it ends. Throws before that for a wrong cursor and for too many streams. */
  serve(request: FastifyRequest, reply: FastifyReply, from: StreamFrom): Promise<void>;
}

export interface StreamFrom {
  readonly feed: EventFeed;
  readonly cursor: string | undefined;
  readonly last: number | undefined;
}

export interface StreamPace {
  /** Behind the notices, which may be lost. */
  readonly lookEveryMs: number;
  readonly heartbeatMs: number;
  /** Between looks at the key. */
  readonly recheckMs: number;
  /** What a reader may leave unread. */
  readonly maxUnreadBytes: number;
}

export const STREAM_PACE: StreamPace = {
  lookEveryMs: 1_000,
  heartbeatMs: 15_000,
  recheckMs: 2_000,
  maxUnreadBytes: 1024 * 1024,
};
const PAGE = 250;
const PER_KEY = 20;

export function wantsStream(request: FastifyRequest): boolean {
  return /(^|[\s,])text\/event-stream([\s;,]|$)/i.test(request.headers.accept ?? '');
}

export function createEventStreams(app: App, deps: HttpDeps, pace: StreamPace = STREAM_PACE): EventStreams {
  const open = new Set<Stream>();
  const takePlace = createPlaces();
  let listening: Promise<() => Promise<void>> | undefined;
  let isStopping = false;
  app.addHook('preClose', async () => {
    isStopping = true;
    for (const stream of open) stream.end();
    await listening?.then((stop) => stop());
  });
  return {
    serve: async (request, reply, from) => {
      const leave = takePlace(principalOf(request).keyId);
      try {
        // What is wrong with the wish is said before the stream begins.
        const first = await from.feed.read({ cursor: from.cursor, last: from.last, limit: PAGE });
        listening ??= deps.db.listen(EVENTS_CHANNEL, () => {
          for (const stream of open) stream.wake();
        });
        await listening.catch(() => {
          listening = undefined;
        });
        const stream = createStream(reply, pace);
        open.add(stream);
        if (isStopping) stream.end();
        await run(stream, { first, feed: from.feed, pace, isAllowed: () => request.stillAllowed() })
          .catch((error: unknown) => {
            request.log.warn({ error: String(error) }, 'an event stream broke off');
          })
          .finally(() => {
            open.delete(stream);
            stream.end();
          });
      } finally {
        leave();
      }
    },
  };
}

/** Taken before anything is waited for: many at once are no more than one after another. Throws too_many_requests. */
function createPlaces(): (keyId: string) => () => void {
  const taken = new Map<string, number>();
  const add = (keyId: string, step: 1 | -1): void => {
    const count = (taken.get(keyId) ?? 0) + step;
    if (count === 0) taken.delete(keyId);
    else taken.set(keyId, count);
  };
  return (keyId) => {
    if ((taken.get(keyId) ?? 0) >= PER_KEY)
      throw new MooringError('too_many_requests', `this key holds ${PER_KEY} streams, which is the most`);
    add(keyId, 1);
    return () => add(keyId, -1);
  };
}

interface Running {
  readonly first: EventPage;
  readonly feed: EventFeed;
  readonly pace: StreamPace;
  readonly isAllowed: () => Promise<boolean>;
}

async function run(stream: Stream, { first, feed, pace, isAllowed }: Running): Promise<void> {
  let page = first;
  let saidMs = performance.now();
  let checkedMs = saidMs;
  stream.write('retry: 3000\n\n');
  while (!stream.isEnded()) {
    for (const { view, cursor } of page.events)
      stream.write(`id: ${cursor}\nevent: ${view.type}\ndata: ${JSON.stringify(view)}\n\n`);
    const nowMs = performance.now();
    if (page.events.length > 0) saidMs = nowMs;
    if (nowMs - saidMs >= pace.heartbeatMs) {
      stream.write(': still here\n\n');
      saidMs = nowMs;
    }
    if (nowMs - checkedMs >= pace.recheckMs) {
      if (!(await isAllowed())) return;
      checkedMs = nowMs;
    }
    if (page.hasMore) await stream.drained();
    else await stream.slept(pace.lookEveryMs);
    if (stream.isEnded()) return;
    page = await feed.read({ cursor: page.nextCursor, last: undefined, limit: PAGE });
  }
}

interface Stream {
  write(text: string): void;
  /** Until there is room for more. */
  drained(): Promise<void>;
  /** Until woken, ended, or this long. */
  slept(ms: number): Promise<void>;
  wake(): void;
  end(): void;
  isEnded(): boolean;
}

function createStream(reply: FastifyReply, pace: StreamPace): Stream {
  const raw: ServerResponse = reply.raw;
  let isEnded = false;
  let isWoken = false;
  let rouse: (() => void) | undefined;
  const stream: Stream = {
    write: (text) => {
      if (isEnded) return;
      raw.write(text);
      if (raw.writableLength > pace.maxUnreadBytes) stream.end();
    },
    drained: async () => {
      while (!isEnded && raw.writableNeedDrain) await stream.slept(pace.lookEveryMs);
    },
    slept: async (ms) => {
      if (!isWoken && !isEnded)
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms);
          rouse = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      isWoken = false;
      rouse = undefined;
    },
    wake: () => {
      isWoken = true;
      rouse?.();
    },
    end: () => {
      if (isEnded) return;
      isEnded = true;
      // One that does not read would never let the end through.
      if (raw.writableLength > pace.maxUnreadBytes) raw.destroy();
      else raw.end();
      rouse?.();
    },
    isEnded: () => isEnded,
  };
  setSecureHeaders(reply.request, reply);
  reply.hijack();
  raw.on('close', stream.end);
  raw.on('error', stream.end);
  raw.on('drain', stream.wake);
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) raw.setHeader(name, value);
  raw.setHeader('content-type', 'text/event-stream; charset=utf-8');
  // Some reverse proxies keep an answer back until it is whole.
  raw.setHeader('x-accel-buffering', 'no');
  // Nothing else goes over it, and a server that stops waits for no idle connection.
  raw.setHeader('connection', 'close');
  raw.writeHead(200);
  return stream;
}
