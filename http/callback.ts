// One callback, judged: is it ours, for this platform and step, from the browser it began in, in time, and the first? Only then are
// its parameters sealed and the workflow asked. Exchanges nothing itself, and never believes a parameter that names a shop.
import { type OwnApprovalPart, withoutOwnParts } from '../domain/approval-parts.ts';
import { type ErrorCode, MooringError } from '../domain/errors.ts';
import type { AuthMethod, BrowserObtain, CallbackStep, Platform } from '../domain/platform.ts';
import { shopAfterCallback } from '../platforms/shop.ts';
import {
  type CallbackRow,
  findAuthorizationByState,
  readAuthorization,
  receiveCallback,
  receiveRefusal,
} from '../store/authorization-callbacks.ts';
import { readConnection } from '../store/connections-list.ts';
import { endUnapproved, sealForAuthorization, throwIfRefused } from './connecting.ts';
import type { HttpDeps } from './deps.ts';
import { textRecord } from './schemas/connections.ts';
import { codeVerifier, type Hash, hashToken, idTokenNonce, isSameHash } from './tokens.ts';

export type Parameters = Readonly<Record<string, string>>;

export interface Step {
  readonly platform: Platform;
  readonly method: AuthMethod;
  readonly obtain: BrowserObtain;
  readonly step: CallbackStep;
}

/** The step an address means; null when no platform declares it. */
export function findStep(deps: HttpDeps, platformId: string, stepName: string): Step | null {
  const platform = deps.platforms.get(platformId);
  if (platform === undefined) return null;
  for (const method of platform.auth) {
    const { obtain } = method;
    if (!('callback' in obtain)) continue;
    const step = obtain.callback.find((one) => one.step === stepName);
    if (step !== undefined) return { platform, method, obtain, step };
  }
  return null;
}

/** Every parameter once, as text. Throws invalid_callback for lists, objects and what is too long. */
export function readParameters(...sources: readonly unknown[]): Parameters {
  const read: Record<string, string> = {};
  for (const source of sources) {
    if (source === null || source === undefined) continue;
    if (typeof source !== 'object' || Array.isArray(source))
      throw malformed('the callback is not a list of named values');
    for (const [name, value] of Object.entries(source)) {
      const isText = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
      if (!isText || name in read || name.length > 100)
        throw malformed(`the parameter "${name.slice(0, 40)}" is not one text`);
      const text = String(value);
      if (text.length > 8192) throw malformed(`the parameter "${name}" is too long`);
      read[name] = text;
    }
  }
  return read;
}

export interface Callback {
  readonly step: Step;
  readonly parameters: Parameters;
  /** The browser's cookie; null where it has none, or a server calls. */
  readonly browser: string | null;
  /** As it came, without its question mark. */
  readonly rawQuery: string;
  /** As it came; empty for a GET. */
  readonly rawBody: string;
  /** Each once, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Takes a callback to its end and gives its authorization. Throws invalid_state, invalid_callback, authorization_expired,
 * authorization_denied, or whatever the proof came to.
 */
export async function takeCallback(deps: HttpDeps, callback: Callback): Promise<CallbackRow> {
  const { step, parameters } = callback;
  const state = parameters[step.step.stateParameter];
  if (state === undefined || state === '') throw invalidState('the callback carries no state');
  const row = await authorizationOf(deps, callback, state);
  if (isDenied(step.step, parameters)) return deny(deps, row);
  if (!step.step.grants || isSameAgain(callback, row)) return row;
  refuseForeignState(row, deps.nowMs());
  requireParameters(step.step, parameters);
  await checkShop(deps, step, row, parameters).catch((error: unknown) => refuseShop(deps, row, error));
  if (!(await receive(deps, callback, row, state))) return await followFirst(deps, callback, row);
  const outcome = await deps.lifecycle.authorize(row.connectionId, { authorizationId: row.id });
  if (outcome === null)
    throw new MooringError('authorization_expired', 'the connection is no longer waiting for an approval');
  throwIfRefused(outcome);
  return row;
}

/** One answer for unknown, used, of another platform and from another browser: a stranger learns nothing. */
async function authorizationOf(deps: HttpDeps, callback: Callback, state: string): Promise<CallbackRow> {
  const { platform, obtain, step } = callback.step;
  const row = await deps.db.acrossTenants((tx) => findAuthorizationByState(tx, hashToken(state)));
  if (row === null || row.platform !== platform.id || row.obtain !== obtain.kind) {
    throw invalidState('the state was not made for this address');
  }
  if (step.from === 'browser') {
    const isSameBrowser =
      callback.browser !== null &&
      row.browserHash !== null &&
      isSameHash(hashToken(callback.browser), row.browserHash);
    if (!isSameBrowser) throw invalidState('the approval was begun in another browser');
  }
  return row;
}

function refuseForeignState(row: CallbackRow, nowMs: number): void {
  if (row.callbackAt !== null || row.status !== 'started') throw invalidState('the state was used before');
  if (row.expiresAt.getTime() <= nowMs)
    throw new MooringError('authorization_expired', 'the approval came after its deadline');
}

/** Throws invalid_callback naming what is missing. */
export function requireParameters(step: CallbackStep, parameters: Parameters): void {
  const missing = step.required.filter((name) => (parameters[name] ?? '') === '');
  const choice = step.requiredOneOf ?? [];
  const isWithout = choice.length > 0 && choice.every((name) => (parameters[name] ?? '') === '');
  if (isWithout) missing.push(choice[0] ?? '');
  if (missing.length === 0) return;
  throw new MooringError('invalid_callback', `the callback lacks "${missing[0]}"`, {
    fields: missing.map((name) => ({ path: `/${name}`, rule: 'is missing' })),
  });
}

/** What the callback says of the shop must be the shop the approval was begun for; the proof looks again, at the platform itself. */
async function checkShop(deps: HttpDeps, of: Step, row: CallbackRow, parameters: Parameters): Promise<void> {
  const connection = await deps.db.inTenant(row.tenantId, (tx) => readConnection(tx, row.connectionId));
  const shop = { ...textRecord(connection?.shop), ...textRecord(row.shop) };
  shopAfterCallback(of.platform, of.step, shop, parameters);
}

/** The merchant's own browser with nothing new: a double click, a page that is loaded again. It is exchanged once all the same. */
function isSameAgain(callback: Callback, { callbackHash }: CallbackRow): boolean {
  const isBrowser = callback.step.step.from === 'browser';
  return isBrowser && callbackHash !== null && isSameHash(callbackHash, hashOf(callback));
}

/** Of two at the same time the second is shown what comes of the first, where they are the same. */
async function followFirst(deps: HttpDeps, callback: Callback, row: CallbackRow): Promise<CallbackRow> {
  const first = await deps.db.inTenant(row.tenantId, (tx) => readAuthorization(tx, row.id));
  if (first === null || !isSameAgain(callback, first)) throw invalidState('the state was used before');
  return first;
}

function hashOf({ parameters }: Callback): Hash {
  const sorted = Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1));
  return hashToken(JSON.stringify(sorted));
}

/** False where another was first. */
async function receive(
  deps: HttpDeps,
  callback: Callback,
  row: CallbackRow,
  state: string,
): Promise<boolean> {
  const parts = {
    ...withoutOwnParts(callback.parameters),
    ...ownParts(callback, row, { state, nowMs: deps.nowMs() }),
  };
  const sealed = await sealForAuthorization(deps, row.tenantId, row.id, parts);
  const received = { ...sealed, hash: hashOf(callback), at: new Date(deps.nowMs()) };
  return await deps.db.inTenant(row.tenantId, (tx) => receiveCallback(tx, row.id, received));
}

/** What we know of the approval ourselves, and the exchange needs. */
function ownParts(
  { step, browser, rawQuery }: Callback,
  row: CallbackRow,
  { state, nowMs }: { readonly state: string; readonly nowMs: number },
): Partial<Record<OwnApprovalPart, string>> {
  const { obtain } = step;
  const isCode = obtain.kind === 'authorization_code' && browser !== null;
  const hasNonce = isCode && Object.values(obtain.authorizeParameters).includes('{nonce}');
  return {
    ...(isCode && obtain.pkce === 'S256' ? { codeVerifier: codeVerifier(browser, state) } : {}),
    ...(hasNonce ? { nonce: idTokenNonce(browser, state) } : {}),
    ...(row.redirectUri === null ? {} : { redirectUri: row.redirectUri }),
    ...(step.step.signature === undefined ? {} : { rawQuery, receivedAt: String(nowMs) }),
  };
}

async function deny(deps: HttpDeps, row: CallbackRow): Promise<never> {
  await endAttempt(deps, row, 'authorization_denied');
  throw new MooringError('authorization_denied', 'the merchant declined the approval', {
    detail: { authorizationId: row.id },
  });
}

/** An approval of another shop is used up: its code is for a shop that nobody asked for. */
async function refuseShop(deps: HttpDeps, row: CallbackRow, error: unknown): Promise<never> {
  if (error instanceof MooringError && error.code === 'shop_mismatch')
    await endAttempt(deps, row, 'shop_mismatch');
  throw error;
}

/** A first approval that fails for good ends the connection; a reconnect that does leaves everything as it was. */
async function endAttempt(deps: HttpDeps, row: CallbackRow, refusal: ErrorCode): Promise<void> {
  const isFirst = await deps.db.inTenant(row.tenantId, (tx) =>
    receiveRefusal(tx, row.id, { refusal, at: new Date(deps.nowMs()) }),
  );
  if (!isFirst) return;
  const connection = await deps.db.inTenant(row.tenantId, (tx) => readConnection(tx, row.connectionId));
  if (connection !== null) await endUnapproved(deps, connection);
}

function isDenied(step: CallbackStep, parameters: Parameters): boolean {
  if (step.denied === undefined) return false;
  const value = parameters[step.denied.parameter];
  return value !== undefined && (step.denied.values === undefined || step.denied.values.includes(value));
}

function invalidState(message: string): MooringError {
  return new MooringError('invalid_state', message);
}

function malformed(message: string): MooringError {
  return new MooringError('invalid_callback', message);
}
