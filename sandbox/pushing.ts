/**
 * Pushes: what a simulated platform tells us by itself. One line an address, in order; repeated as the platform's own rules have it, on the
 * sandbox's clock. Bounded in count, and in time by the last repetition. Knows no platform's words; never keeps a body or a secret.
 */
import { type Fault, takePushFault } from './faults.ts';
import { record } from './push-record.ts';
import type { Sandbox } from './sandbox.ts';
import type { PlatformName, ResourceName, Shop, Subscription } from './state.ts';

/** What came to pass at a shop: a change of one record, or a topic that control names in the platform's words. */
export type Happening =
  | {
      kind: 'changed';
      shop: Shop;
      resource: ResourceName;
      act: 'create' | 'update' | 'delete';
      index: number;
    }
  | { kind: 'named'; shop: Shop; topic: string; payload: Record<string, unknown> };

/** What a request is made for: its number from 0, the clock its signature tells, and whether it is to be one of somebody else. */
export interface Attempt {
  n: number;
  nowMs: number;
  forged: boolean;
}

/** One thing to be told to one address. */
export interface Telling {
  /** Null: the app's own address, of which there is one. */
  subscription: Subscription | null;
  url: string;
  topic: string;
  /** For the record of pushes alone. */
  objectId: string;
  /** The same event at each attempt; headers and times as the platform changes them. */
  request(attempt: Attempt): { headers: Record<string, string>; body: string };
}

/** How a platform pushes. */
export interface Pushing {
  readonly platform: PlatformName;
  /** Seconds from one attempt to the next; empty: there is no second one. */
  readonly retryS: readonly number[];
  readonly timeoutMs: number;
  accepts(status: number): boolean;
  tellings(sandbox: Sandbox, happening: Happening): Telling[];
  /** The topic that says the merchant removed the app; nothing: there is none. */
  readonly uninstalled?: string;
  /** What the platform does to a subscription after a failure; `isLast`: it was the last attempt. */
  failed?(sandbox: Sandbox, subscription: Subscription, isLast: boolean): void;
  /** What the platform calls a record. */
  idOf(shop: Shop, resource: ResourceName, index: number): string;
}

interface Waiting {
  pushing: Pushing;
  shopKey: string;
  telling: Telling;
  n: number;
  dueAtMs: number;
  fault: Fault | null;
}

/** What is yet to be sent, in memory alone. */
export interface PushLine {
  waiting: Waiting[];
  /** Addresses with a request under way. */
  busy: Set<string>;
  timer: NodeJS.Timeout | undefined;
  stopped: boolean;
}

/** States of pushes that nobody took. */
export const MISSED: readonly string[] = ['given_up', 'lost'];
const MOST_WAITING = 5_000;
const MOST_AT_ONCE = 32;
/** How long a push that is to come out of order waits for the next one of its address, by the real clock. */
const HELD_MS = 2_000;
const LATE_MS = 3_600_000;

export function createPushLine(): PushLine {
  return { waiting: [], busy: new Set(), timer: undefined, stopped: false };
}

/** Sends nothing more; what waits is forgotten. */
export function stopPushing({ pushLine }: Sandbox): void {
  clearTimeout(pushLine.timer);
  pushLine.stopped = true;
  pushLine.waiting = [];
}

/** Tells whoever has subscribed; the number of pushes that were put into line. */
export function announce(sandbox: Sandbox, pushing: Pushing, happening: Happening): number {
  const { shop } = happening;
  let count = 0;
  for (const telling of pushing.tellings(sandbox, happening)) {
    if (sandbox.pushLine.waiting.length >= MOST_WAITING) break;
    const fault = takePushFault(sandbox, shop.key, telling.topic);
    const waiting = { pushing, shopKey: shop.key, telling, n: 0, dueAtMs: sandbox.now(), fault };
    if (fault?.kind === 'push_lost') {
      record(sandbox, { ...told(waiting), state: 'lost', status: null, durationMs: 0 });
      continue;
    }
    sandbox.pushLine.waiting.push(waiting);
    if (fault?.kind === 'push_duplicate') sandbox.pushLine.waiting.push({ ...waiting });
    if (fault?.kind === 'push_reordered') hold(sandbox, waiting);
    count += 1;
  }
  pump(sandbox);
  return count;
}

/** The app was removed: told to whoever asked to know, after which the shop's subscriptions are no more. */
export function announceUninstall(sandbox: Sandbox, pushing: Pushing, shop: Shop): void {
  if (pushing.uninstalled !== undefined)
    announce(sandbox, pushing, { kind: 'named', shop, topic: pushing.uninstalled, payload: {} });
  for (const one of Object.values(sandbox.state.subscriptions)) {
    if (one.platform === shop.platform && one.shopKey === shop.key)
      delete sandbox.state.subscriptions[one.id];
  }
  sandbox.changed();
}

/** Out of line until the next push to that address is on its way. */
function hold(sandbox: Sandbox, waiting: Waiting): void {
  waiting.dueAtMs = Number.POSITIVE_INFINITY;
  setTimeout(() => {
    if (waiting.dueAtMs === Number.POSITIVE_INFINITY) waiting.dueAtMs = sandbox.now();
    pump(sandbox);
  }, HELD_MS).unref();
}

/** Sends what is due, an address at a time; comes again when the next one is. */
export function pump(sandbox: Sandbox): void {
  const line = sandbox.pushLine;
  clearTimeout(line.timer);
  line.timer = undefined;
  if (line.stopped) return;
  const nowMs = sandbox.now();
  for (const one of [...line.waiting]) {
    const place = `${one.shopKey} ${one.telling.url}`;
    if (line.busy.size >= MOST_AT_ONCE) break;
    if (one.dueAtMs > nowMs || line.busy.has(place)) continue;
    line.waiting.splice(line.waiting.indexOf(one), 1);
    line.busy.add(place);
    void send(sandbox, one).finally(() => {
      line.busy.delete(place);
      release(line, one, sandbox.now());
      pump(sandbox);
    });
  }
  const next = Math.min(...line.waiting.map((one) => one.dueAtMs));
  if (Number.isFinite(next) && next > nowMs)
    line.timer = setTimeout(() => pump(sandbox), Math.min(next - nowMs, 60_000)).unref();
}

function release(line: PushLine, sent: Waiting, nowMs: number): void {
  for (const one of line.waiting) {
    const isHeld = one.dueAtMs === Number.POSITIVE_INFINITY;
    if (isHeld && one.shopKey === sent.shopKey && one.telling.url === sent.telling.url) one.dueAtMs = nowMs;
  }
}

async function send(sandbox: Sandbox, one: Waiting): Promise<void> {
  const { pushing, telling } = one;
  const { subscription } = telling;
  if (subscription !== null && !isPushedTo(sandbox, one)) return;
  const forged = one.fault?.kind === 'push_forged';
  const lateMs = one.fault?.kind === 'push_late' ? LATE_MS : 0;
  const request = telling.request({ n: one.n, nowMs: sandbox.signatureNow() - lateMs, forged });
  const startedAt = performance.now();
  const status = await post(sandbox, telling.url, request, pushing.timeoutMs);
  const durationMs = Math.round(performance.now() - startedAt);
  const accepted = status !== null && pushing.accepts(status);
  const delayS = accepted || forged ? undefined : pushing.retryS[one.n];
  const state = accepted ? 'taken' : delayS === undefined ? 'given_up' : 'repeated';
  record(sandbox, { ...told(one), state, status, durationMs });
  if (forged) return;
  if (subscription !== null)
    settle(sandbox, pushing, subscription, { accepted, isLast: delayS === undefined });
  if (delayS !== undefined && sandbox.pushLine.waiting.length < MOST_WAITING)
    sandbox.pushLine.waiting.push({ ...one, n: one.n + 1, dueAtMs: sandbox.now() + delayS * 1000 });
}

/** A subscription that was removed or disabled since is told nothing more, but that its app was removed. */
function isPushedTo(sandbox: Sandbox, { telling, pushing }: Waiting): boolean {
  const now = sandbox.state.subscriptions[telling.subscription?.id ?? ''];
  return now === undefined ? telling.topic === pushing.uninstalled : now.state === 'active';
}

function settle(
  sandbox: Sandbox,
  pushing: Pushing,
  subscription: Subscription,
  { accepted, isLast }: { accepted: boolean; isLast: boolean },
): void {
  if (accepted) subscription.failures = 0;
  else {
    subscription.failures += 1;
    pushing.failed?.(sandbox, subscription, isLast);
  }
  sandbox.changed();
}

function told(one: Waiting) {
  return {
    platform: one.pushing.platform,
    shop: one.shopKey,
    subscription: one.telling.subscription?.id ?? null,
    topic: one.telling.topic,
    objectId: one.telling.objectId,
    url: one.telling.url,
    attempt: one.n + 1,
    fault: one.fault?.kind ?? null,
  };
}

/** The status that came back; null: none in time. Redirects are an answer, and never followed. */
export async function post(
  sandbox: Sandbox,
  url: string,
  { headers, body, method = 'POST' }: { headers: Record<string, string>; body?: string; method?: string },
  timeoutMs: number,
): Promise<number | null> {
  try {
    const response = await fetch(whereTo(sandbox, url), {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return null;
  }
}

/** What an address answers to a GET; null: nothing in time. */
export async function askText(
  sandbox: Sandbox,
  url: string,
  timeoutMs: number,
): Promise<{ status: number; text: string } | null> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(whereTo(sandbox, url), { redirect: 'manual', signal });
    return { status: response.status, text: (await response.text()).slice(0, 10_000) };
  } catch {
    return null;
  }
}

/** The setting `pushTo` stands in for the origin of every address, which is signed as it was told all the same. */
export function whereTo(sandbox: Sandbox, url: string): string {
  const { pushTo } = sandbox.state.settings;
  if (pushTo === '') return url;
  const { pathname, search } = new URL(url);
  return `${pushTo}${pathname}${search}`;
}
