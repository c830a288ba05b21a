// An install that began at the platform: taken in without a tenant, and claimed by one. What its callback brought is sealed at once and opened by the worker
// alone; whether the platform signed it is looked at there, before anything is exchanged.
import { withoutOwnParts } from '../domain/approval-parts.ts';
import { MooringError } from '../domain/errors.ts';
import {
  type ClientRegistrationId,
  type ConnectionId,
  type InstallId,
  isId,
  type TenantId,
} from '../domain/ids.ts';
import type { Permission } from '../domain/resource.ts';
import { shopAfterCallback } from '../platforms/shop.ts';
import { insertAuthorization } from '../store/authorizations.ts';
import {
  claimInstall,
  countUnclaimed,
  findInstall,
  giveToken,
  type InstallRow,
  insertInstall,
  installBinding,
} from '../store/installs.ts';
import { insertNewConnection } from '../store/new-connection.ts';
import { newId } from '../store/new-id.ts';
import { type Callback, requireParameters } from './callback.ts';
import { authorizationRow, PROOF_LIFETIME_MS, permissionsFor, throwIfRefused } from './connecting.ts';
import type { HttpDeps } from './deps.ts';
import { textRecord } from './schemas/connections.ts';
import { hashToken, mintToken } from './tokens.ts';

const DEFAULT_CLAIM_S = 3_600;
/** Anybody can call this address: more that wait than a marketplace brings in an hour are a flood. */
export const MAX_UNCLAIMED = 5_000;

/** Takes it in. Gives the token a tenant claims it by; null where no browser is there to carry it. Throws invalid_callback, too_many_requests. */
export async function takeInstall(deps: HttpDeps, callback: Callback): Promise<string | null> {
  const { platform, obtain, step } = callback.step;
  requireParameters(
    { ...step, required: step.required.filter((name) => name !== step.stateParameter) },
    callback.parameters,
  );
  const shop = shopAfterCallback(platform, step, {}, callback.parameters);
  const id = newId('install');
  const token = step.from === 'browser' ? mintToken() : null;
  const redirectUri = `${deps.settings.publicUrl}/oauth/${platform.id}/${step.step}`;
  const parts = {
    ...withoutOwnParts(callback.parameters),
    redirectUri,
    ...(step.signature === undefined
      ? {}
      : { rawQuery: callback.rawQuery, receivedAt: String(deps.nowMs()) }),
  };
  const { bytes, keyVersion } = await deps.vault.seal(installBinding(id), parts);
  const now = new Date(deps.nowMs());
  const expiresAt = new Date(now.getTime() + (step.claimWithinS ?? DEFAULT_CLAIM_S) * 1000);
  await deps.db.acrossTenants(async (tx) => {
    if ((await countUnclaimed(tx, platform.id, now)) >= MAX_UNCLAIMED)
      throw new MooringError('too_many_requests', `too many installs of "${platform.id}" wait to be claimed`);
    await insertInstall(tx, {
      id,
      platform: platform.id,
      obtain: obtain.kind,
      shop,
      tokenHash: token === null ? null : hashToken(token),
      correlationHash: token === null ? correlationOf(callback) : null,
      sealed: Uint8Array.from(bytes),
      keyVersion,
      redirectUri,
      expiresAt,
    });
  });
  if (step.exchange === 'at_once') await exchangeAtOnce(deps, { id, expiresAt }, step.from);
  return token;
}

/** A shop's server is not kept waiting: it wants its answer before it lets anything be exchanged. */
async function exchangeAtOnce(
  deps: HttpDeps,
  install: Pick<InstallRow, 'id' | 'expiresAt'>,
  from: 'browser' | 'server',
): Promise<void> {
  const input = { installId: install.id, expiresAtMs: install.expiresAt.getTime() };
  if (from === 'server') return await deps.lifecycle.startInstall(input);
  const outcome = await deps.lifecycle.exchangeInstall(input);
  if (outcome.outcome === 'refused') throw new MooringError(outcome.code, outcome.message);
}

export interface Followed {
  readonly token: string;
  /** Where the platform wants the browser in the end; null where it names none, or one that is not its own. */
  readonly continueUrl: string | null;
}

/** The merchant's browser, after the shop's server brought the keys. Throws invalid_state where nothing waits for it. */
export async function followInstall(deps: HttpDeps, callback: Callback): Promise<Followed> {
  const correlationHash = correlationOf(callback);
  const token = mintToken();
  const given = { tokenHash: hashToken(token), now: new Date(deps.nowMs()) };
  const install =
    correlationHash === null
      ? null
      : await deps.db.acrossTenants((tx) => giveToken(tx, correlationHash, given));
  if (install === null) throw new MooringError('invalid_state', 'no install waits for this browser');
  return { token, continueUrl: continueUrlOf(callback, textRecord(install.shop)) };
}

function correlationOf({ step: { platform, step }, parameters }: Callback): Uint8Array<ArrayBuffer> | null {
  const value = step.correlatedBy === undefined ? '' : (parameters[step.correlatedBy] ?? '');
  return value.length < 16 ? null : hashToken(`${platform.id}\n${value}`);
}

/** https, and at the platform or the shop: nobody is sent anywhere else (RFC 9700 § 4.11). */
function continueUrlOf(
  { step: { step }, parameters }: Callback,
  shop: Readonly<Record<string, string>>,
): string | null {
  const rule = step.continueAt;
  if (rule === undefined || rule === 'authorize') return null;
  const text = parameters[rule.parameter] ?? '';
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.protocol !== 'https:' || url.username !== '' || url.password !== '') return null;
  const own = 'hostOf' in rule ? (shop[rule.hostOf] ?? '') : null;
  const isOwn =
    own === null
      ? 'host' in rule && new RegExp(rule.host).test(url.host)
      : URL.canParse(own) && new URL(own).host === url.host;
  return isOwn ? url.href : null;
}

export interface Claim {
  readonly by: { readonly token: string } | { readonly id: InstallId };
  readonly connectionId: ConnectionId;
  readonly tenantId: TenantId;
  readonly permissions: readonly Permission[] | undefined;
  readonly registrationId: ClientRegistrationId | undefined;
  readonly actor: string;
  readonly reason: string;
}

/** Makes a connection of it, proved before it answers. Throws not_found for one that is unknown, over, or somebody's already, and what the proof came to. */
export async function claim(deps: HttpDeps, wish: Claim): Promise<ConnectionId> {
  const authorizationId = newId('authorization');
  const { connectionId, tenantId } = wish;
  const by = 'token' in wish.by ? { tokenHash: hashToken(wish.by.token) } : { id: wish.by.id };
  await settleExchange(deps, by);
  await deps.db.acrossTenants(async (tx) => {
    const install = await findInstall(tx, by);
    const platform = install === null ? undefined : deps.platforms.get(install.platform);
    const method = platform?.auth.find(({ obtain }) => obtain.kind === install?.obtain);
    if (install === null || platform === undefined || method === undefined) throw notThere();
    await insertNewConnection(tx, {
      id: connectionId,
      tenantId,
      platform,
      method,
      shop: textRecord(install.shop),
      permissions: permissionsFor(platform, wish.permissions),
      registrationId: registrationOf(install, wish),
      actor: wish.actor,
      reason: wish.reason,
    });
    const at = new Date(deps.nowMs());
    if (!(await claimInstall(tx, install.id, { connectionId, at }))) throw notThere();
    await insertAuthorization(tx, {
      ...authorizationRow(deps, {
        tenantId,
        connectionId,
        sessionId: null,
        platform,
        obtain: obtainOf(install),
        stateHash: null,
        browserHash: null,
        redirectUri: install.redirectUri,
        lifetimeMs: PROOF_LIFETIME_MS,
      }),
      id: authorizationId,
      installId: install.id,
      sealed: install.sealed,
      keyVersion: install.keyVersion,
      ...(isJsonObject(install.issued) ? { proved: install.issued } : {}),
    });
  });
  throwIfRefused(
    await deps.lifecycle.startAndAuthorize(
      { tenantId, connectionId },
      { authorizationId, discardOnRefusal: true },
    ),
  );
  return connectionId;
}

/** An exchange still under way is waited for. */
async function settleExchange(deps: HttpDeps, by: Parameters<typeof findInstall>[1]): Promise<void> {
  const install = await deps.db.acrossTenants((tx) => findInstall(tx, by));
  if (install === null || install.claimedAt !== null || install.expiresAt.getTime() <= deps.nowMs()) return;
  if (install.exchange === 'exchanged' || !isAtOnce(deps, install)) return;
  await exchangeAtOnce(deps, install, 'browser');
}

function isAtOnce(deps: HttpDeps, { platform, obtain: kind }: InstallRow): boolean {
  const steps = deps.platforms
    .get(platform)
    ?.auth.flatMap(({ obtain }) => ('callback' in obtain && obtain.kind === kind ? obtain.callback : []));
  return steps?.some((step) => step.grants && step.exchange === 'at_once') ?? false;
}

/** What is exchanged is of the app it was exchanged with. */
function registrationOf(install: InstallRow, wish: Claim): ClientRegistrationId | undefined {
  const { registrationId } = install;
  if (registrationId === null || !isId('clientRegistration', registrationId)) return wish.registrationId;
  if (wish.registrationId === undefined || wish.registrationId === registrationId) return registrationId;
  throw new MooringError('invalid_request', `the install is of the client registration "${registrationId}"`);
}

function isJsonObject(
  value: InstallRow['issued'],
): value is Exclude<typeof value, null | string | number | boolean | unknown[]> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const OBTAINS = ['authorization_code', 'key_handshake', 'oauth1'] as const;

function obtainOf(install: InstallRow): (typeof OBTAINS)[number] {
  const known = OBTAINS.find((one) => one === install.obtain);
  if (known === undefined)
    throw new MooringError('internal', `"${install.obtain}" is no way an install begins`);
  return known;
}

/** One answer for unknown, over and claimed: a stranger learns nothing. */
function notThere(): MooringError {
  return new MooringError('not_found', 'there is no such install to claim');
}
