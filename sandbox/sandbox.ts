/** The running sandbox as the platforms see it: state, clock, token index, buckets, faults, records of requests. */
import type { Fault } from './faults.ts';
import type { KeyPair } from './jwt.ts';
import type { PushRecord } from './push-record.ts';
import { createPushLine, type PushLine } from './pushing.ts';
import type { RequestRecord } from './recorder.ts';
import { emptyState, loadState, type State, saveState } from './state.ts';

export interface TokenOwner {
  grantId: string;
  n: number;
}

/** A leaky bucket: what is left, and when that was true. */
export interface Bucket {
  left: number;
  atMs: number;
}

export interface Sandbox {
  /** Shops that are not given a seed of their own take it from this and their key. */
  readonly seed: string | null;
  state: State;
  /** The platforms' clock: expiry, update times, rate buckets. */
  now(): number;
  /** The clock that judges signed timestamps: not moved by `clockOffsetMs`. */
  signatureNow(): number;
  /** Access and refresh tokens of live generations. */
  tokens: Map<string, TokenOwner>;
  buckets: Map<string, Bucket>;
  /** Nonces and other single-use values with the time they may be forgotten. */
  seen: Map<string, number>;
  /** Key pairs of platforms that sign, by platform. */
  keys: Map<string, KeyPair>;
  faults: Fault[];
  requests: RequestRecord[];
  requestCount: number;
  inFlight: Map<string, number>;
  pushLine: PushLine;
  pushes: PushRecord[];
  pushCount: number;
  /** Something worth keeping changed: written within 100 ms, and at close. */
  changed(): void;
  reset(): void;
  flush(): void;
}

export interface SandboxSettings {
  dataFolder?: string | undefined;
  now?: () => number;
  seed?: string | undefined;
}

export function createSandbox(options: SandboxSettings): Sandbox {
  const clock = options.now ?? Date.now;
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    if (timer === undefined) return;
    clearTimeout(timer);
    timer = undefined;
    if (options.dataFolder !== undefined) saveState(options.dataFolder, sandbox.state);
  };
  const sandbox: Sandbox = {
    seed: options.seed ?? null,
    state: loadState(options.dataFolder),
    now: () => clock() + sandbox.state.clockOffsetMs,
    signatureNow: () => clock() + sandbox.state.clockSkewMs,
    tokens: new Map(),
    buckets: new Map(),
    seen: new Map(),
    keys: new Map(),
    faults: [],
    requests: [],
    requestCount: 0,
    inFlight: new Map(),
    pushLine: createPushLine(),
    pushes: [],
    pushCount: 0,
    changed: () => {
      timer ??= setTimeout(flush, 100).unref();
    },
    reset: () => {
      sandbox.state = emptyState();
      for (const index of [sandbox.tokens, sandbox.buckets, sandbox.seen, sandbox.inFlight]) index.clear();
      sandbox.faults = [];
      sandbox.requests = [];
      sandbox.pushes = [];
      sandbox.pushLine.waiting = [];
      sandbox.changed();
    },
    flush,
  };
  indexTokens(sandbox);
  return sandbox;
}

function indexTokens(sandbox: Sandbox): void {
  for (const grant of Object.values(sandbox.state.grants)) {
    for (const { n, access, refresh } of grant.generations) {
      sandbox.tokens.set(access, { grantId: grant.id, n });
      if (refresh !== null) sandbox.tokens.set(refresh, { grantId: grant.id, n });
    }
  }
}
