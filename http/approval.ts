// From the connect page to the platform: the rows of one approval, its state bound to one browser, and the address the merchant goes
// to. The address comes from the platform's data and checked shop fields; nothing the merchant typed becomes part of a host unchecked.
import { MooringError } from '../domain/errors.ts';
import type { ConnectionId } from '../domain/ids.ts';
import type { AuthMethod, BrowserObtain, CallbackStep, FormObtain, Platform } from '../domain/platform.ts';
import type { Permission } from '../domain/resource.ts';
import { authorizeUrl } from '../platforms/authorize-url.ts';
import { checkCredentialForm } from '../platforms/credential-form.ts';
import { scopesFor } from '../platforms/scopes.ts';
import { expandShop, parseShop } from '../platforms/shop.ts';
import { insertAuthorization, setState } from '../store/authorizations.ts';
import { readClientRegistration } from '../store/client-registrations-list.ts';
import { type ConnectSessionRow, lockConnectSession, useConnectSession } from '../store/connect-sessions.ts';
import { type ConnectionListRow, readConnection } from '../store/connections-list.ts';
import type { Tx } from '../store/database.ts';
import { insertNewConnection, type NewConnectionWish } from '../store/new-connection.ts';
import { newId } from '../store/new-id.ts';
import type { TemporaryCredentialsInput } from '../workflows/messages.ts';
import {
  authorizationRow,
  connectPasted,
  elsewhere,
  endUnapproved,
  reopenIfFinal,
  replacePasted,
} from './connecting.ts';
import type { HttpDeps } from './deps.ts';
import { textRecord } from './schemas/connections.ts';
import { codeChallenge, codeVerifier, hashToken, idTokenNonce, mintToken } from './tokens.ts';

/** How a merchant connects this platform, and which other ways there are. */
export type Approach = {
  readonly platform: Platform;
  readonly method: AuthMethod;
  readonly alternatives: readonly AuthMethod[];
} & (
  | { readonly kind: 'browser'; readonly obtain: BrowserObtain }
  | { readonly kind: 'pasted'; readonly obtain: FormObtain }
);

/**
 * The way that was asked for, by its kind of credential; else the platform's own approval where it has one, else its first way. What begins at the platform
 * cannot begin here. Throws connect_by_browser_only where nothing else is left.
 */
export function approachOf(platform: Platform, way?: string): Approach {
  const isApproval = ({ obtain }: AuthMethod): boolean => 'callback' in obtain;
  const offered = platform.auth.filter(beginsHere);
  const method =
    offered.find(({ credentialKind }) => credentialKind === way) ?? offered.find(isApproval) ?? offered[0];
  if (method === undefined)
    throw new MooringError('connect_by_browser_only', `"${platform.id}" is installed at the platform itself`);
  const { obtain } = method;
  const alternatives = offered.filter((one) => one !== method);
  return 'fields' in obtain
    ? { platform, method, alternatives, kind: 'pasted', obtain }
    : { platform, method, alternatives, kind: 'browser', obtain };
}

function beginsHere({ obtain }: AuthMethod): boolean {
  return !('callback' in obtain) || obtain.authorizeUrl !== '';
}

/** Whether any way begins here and has what it needs: a merchant is not led to an app that nobody registered. */
export function canBegin(platform: Platform, registered: ReadonlySet<string>): boolean {
  return platform.auth.some(
    (method) =>
      beginsHere(method) &&
      (registered.has(platform.id) || !(method.needsRegistration ?? platform.needsRegistration)),
  );
}

export interface PageWish {
  readonly session: ConnectSessionRow;
  readonly connection: ConnectionListRow | null;
  readonly approach: Approach;
  readonly body: Readonly<Record<string, string>>;
  readonly permissions: readonly Permission[];
  readonly reason: string;
}

/** A pasted credential, proved before it answers. Gives the connection. */
export async function connectFromPage(deps: HttpDeps, wish: PageWish): Promise<ConnectionListRow | null> {
  const { session, approach, body } = wish;
  if (approach.kind !== 'pasted')
    throw new MooringError('internal', 'this platform is approved in the browser');
  const credential = checkCredentialForm(approach.obtain, pick(body, approach.obtain.fields));
  const existing = usable(wish);
  const id = existing?.id ?? (await connectPasted(deps, newWish(wish), credential, session.id));
  if (existing !== null) {
    const { platform } = approach;
    const shop = shopAgain(platform, existing, body);
    await replacePasted(deps, existing, { platform, credential, shop, sessionId: session.id });
  }
  const connected = await deps.db.inTenant(session.tenantId, async (tx) => {
    await useConnectSession(tx, session.id, id, new Date(deps.nowMs()));
    return readConnection(tx, id);
  });
  await endOther(deps, wish.connection, id);
  return connected;
}

/** Writes the attempt, starts the workflow, and gives the address to send the browser to. */
export async function beginApproval(deps: HttpDeps, wish: PageWish, browser: string): Promise<string> {
  const { session, approach } = wish;
  if (approach.kind !== 'browser')
    throw new MooringError('internal', 'this platform takes a pasted credential');
  const { platform, obtain } = approach;
  const isNamedThere = obtain.kind === 'oauth1' && obtain.temporary === 'before_redirect';
  const state = mintToken();
  const authorizationId = newId('authorization');
  const begun = await deps.db.inTenant(session.tenantId, async (tx) => {
    const asked = await askedNow(tx, wish);
    const existing = usable(asked);
    const shop =
      existing === null
        ? parseShop(platform, pick(wish.body, platform.shop))
        : shopAgain(platform, existing, wish.body);
    const connectionId = await connectionFor(deps, tx, asked, shop);
    const row = await readConnection(tx, connectionId);
    const registration =
      row?.registrationId == null ? null : await readClientRegistration(tx, row.registrationId);
    const redirectUri = registration?.redirectUri ?? stepUrl(deps, platform, grantingStep(obtain));
    await insertAuthorization(tx, {
      ...authorizationRow(deps, {
        tenantId: session.tenantId,
        connectionId,
        sessionId: session.id,
        platform,
        obtain: obtain.kind,
        stateHash: isNamedThere ? null : hashToken(state),
        browserHash: hashToken(browser),
        redirectUri,
        ...(existing === null ? {} : elsewhere(existing, shop)),
        lifetimeMs: deps.settings.stateLifetimeMs,
      }),
      id: authorizationId,
    });
    await useConnectSession(tx, session.id, connectionId, new Date(deps.nowMs()));
    return {
      shop,
      before: asked.connection,
      connectionId,
      redirectUri,
      clientId: registration?.clientId ?? null,
      registration: textRecord(registration?.fields),
      appName: registration?.name ?? 'Mooring',
    };
  });
  await deps.lifecycle.start({ tenantId: session.tenantId, connectionId: begun.connectionId });
  const { connectionId, shop } = begun;
  await endOther(deps, begun.before, connectionId);
  const asking = {
    tenantId: session.tenantId,
    connectionId,
    authorizationId,
    callbackUrl: begun.redirectUri,
  };
  const temporary = isNamedThere ? { requestToken: await askTemporary(deps, asking) } : {};
  const url = authorizeUrl(obtain, {
    ...temporary,
    shop: expandShop(platform, shop),
    registration: begun.registration,
    clientId: begun.clientId ?? '',
    redirectUri: begun.redirectUri,
    returnUrl: stepUrl(deps, platform, browserStep(obtain)),
    state,
    scopes: scopesFor(platform, wish.permissions),
    isWriting: wish.permissions.some((one) => one.endsWith(':write')),
    codeChallenge: codeChallenge(codeVerifier(browser, state)),
    nonce: idTokenNonce(browser, state),
    appName: begun.appName,
  });
  return toBrowser(deps, url);
}

/** A form that is sent twice at once begins one connection: the second sees what the first made. */
async function askedNow(tx: Tx, wish: PageWish): Promise<PageWish> {
  const { connectionId } = await lockConnectSession(tx, wish.session.id);
  if (connectionId === null || connectionId === wish.session.connectionId) return wish;
  return { ...wish, connection: await readConnection(tx, connectionId) };
}

/** RFC 5849 § 2.1. The platform's token is the state here: it comes back with the browser, and is no other attempt's. */
async function askTemporary(deps: HttpDeps, asking: TemporaryCredentialsInput): Promise<string> {
  const outcome = await deps.lifecycle.askTemporary(asking);
  if (outcome.outcome === 'refused') throw new MooringError(outcome.code, outcome.message);
  const stateHash = hashToken(outcome.requestToken);
  await deps.db.inTenant(asking.tenantId, (tx) => setState(tx, asking.authorizationId, stateHash));
  return outcome.requestToken;
}

/** A revoked or abandoned connection of this link is begun again; one that waits is asked again; else a new one is made. */
async function connectionFor(
  deps: HttpDeps,
  tx: Tx,
  wish: PageWish,
  shop: Readonly<Record<string, string>>,
): Promise<ConnectionId> {
  const existing = usable(wish);
  if (existing === null) return insertNewConnection(tx, { ...newWish(wish), shop });
  await reopenIfFinal(tx, existing, deps.nowMs());
  return existing.id;
}

/** The shop as it is known, with what the merchant says is new about its address. */
function shopAgain(platform: Platform, existing: ConnectionListRow, body: PageWish['body']) {
  const stated = pick(body, platform.shop);
  const known = textRecord(existing.shop);
  return Object.keys(stated).length === 0 ? known : parseShop(platform, { ...known, ...stated });
}

/** A connection that had a grant, or one that waits for the same shop's approval. The merchant may have named another shop by now. */
function usable({ connection, approach, body }: PageWish): ConnectionListRow | null {
  if (connection === null || connection.generation > 0) return connection;
  if (connection.lifecycle !== 'connecting' || connection.fencedAt !== null) return null;
  const { platform } = approach;
  const known = textRecord(connection.shop);
  const named = parseShop(platform, pick(body, platform.shop));
  const isSame =
    platform.id === connection.platform && platform.shop.every(({ name }) => known[name] === named[name]);
  return isSame ? connection : null;
}

/** A shop that was named before, and never approved, waits for nobody any more. */
async function endOther(deps: HttpDeps, before: ConnectionListRow | null, now: ConnectionId): Promise<void> {
  if (before !== null && before.id !== now && before.generation === 0) await endUnapproved(deps, before);
}

function newWish(wish: PageWish): NewConnectionWish {
  const { platform, method } = wish.approach;
  return {
    tenantId: wish.session.tenantId,
    platform,
    method,
    shop: parseShop(platform, pick(wish.body, platform.shop)),
    permissions: wish.permissions,
    actor: 'merchant',
    reason: wish.reason,
  };
}

/** For development: the browser is led to the sandbox, which is told whose place it takes by the path. */
function toBrowser(deps: HttpDeps, url: string): string {
  const real = new URL(url);
  const override = deps.settings.browserOverride(real.origin);
  return override === undefined ? url : `${override}/_host/${real.host}${real.pathname}${real.search}`;
}

function grantingStep(obtain: BrowserObtain): CallbackStep | undefined {
  return obtain.callback.find((one) => one.grants);
}

function browserStep(obtain: BrowserObtain): CallbackStep | undefined {
  return obtain.callback.find((one) => one.from === 'browser');
}

function stepUrl(deps: HttpDeps, platform: Platform, step: CallbackStep | undefined): string {
  if (step === undefined) throw new MooringError('internal', `"${platform.id}" lacks a callback step`);
  return `${deps.settings.publicUrl}/oauth/${platform.id}/${step.step}`;
}

function pick(
  body: Readonly<Record<string, string>>,
  fields: readonly { readonly name: string }[],
): Record<string, string> {
  return Object.fromEntries(
    fields.flatMap(({ name }) => {
      const value = body[name]?.trim();
      return value === undefined || value === '' ? [] : [[name, value]];
    }),
  );
}
