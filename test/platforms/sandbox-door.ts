// A shop of the sandbox connected as a merchant connects it, in one process: approvals, exchanges and calls by auth/ over the guarded sender of egress/,
// pages by the page reader of the sync. What is missing of the product is what it keeps.
import { readPage } from '../../activities/read-page.ts';
import { SYNC_TIMINGS } from '../../activities/sync-deps.ts';
import {
  type GrantContext,
  type Issued,
  obtainCredential,
  renewCredential,
  revokeCredential,
  signRequest,
} from '../../auth/index.ts';
import type { AuthMethod, Json, Obtain, Platform, PlatformRequest } from '../../domain/platform.ts';
import { PERMISSIONS } from '../../domain/resource.ts';
import { Secret } from '../../domain/secret.ts';
import { BEGINNING, type PassBounds, type PassCursor } from '../../domain/sync.ts';
import type { PlatformCall } from '../../egress/call.ts';
import { createGuard } from '../../egress/guard.ts';
import { acceptOrThrow, type ReadAnswer, readAnswer } from '../../egress/outcome.ts';
import { parseOriginOverrides } from '../../egress/overrides.ts';
import { API_BOUNDS, createSender, type Sender, TOKEN_BOUNDS } from '../../egress/send.ts';
import { findPlatform } from '../../platforms/index.ts';
import { isObject, textOf, valueAt } from '../../platforms/json.ts';
import { expandShop } from '../../platforms/shop.ts';
import { startSandbox } from '../../sandbox/server.ts';
import { APPROVED } from './sandbox-approvals.ts';
import { control } from './sandbox-shop.ts';

export interface Door {
  readonly sandboxUrl: string;
  readonly sender: Sender;
  readonly guard: ReturnType<typeof createGuard>;
  close(): Promise<void>;
}

export async function openDoor(): Promise<Door> {
  const sandbox = await startSandbox({ port: 0 });
  const origins = valueAt(await control(sandbox.url, 'GET', '/origins'), 'origins');
  const pairs = (Array.isArray(origins) ? origins : []).map((one: Json) => [textOf(one), sandbox.url]);
  const originOverrides = parseOriginOverrides(JSON.stringify(Object.fromEntries(pairs)));
  const guard = createGuard({ originOverrides, allowPrivateNetworks: false });
  const sender = createSender(guard);
  return {
    sandboxUrl: sandbox.url,
    sender,
    guard,
    close: async () => {
      await sender.close();
      await sandbox.close();
    },
  };
}

export interface ConnectCase {
  readonly id: string;
  /** What the sandbox calls it, where that is something else. */
  readonly playedAs?: string;
  readonly how: 'browser' | 'install' | 'activation' | 'pasted' | 'minted';
  /** Further wishes for the shop that is made. */
  readonly make?: Readonly<Record<string, Json>>;
  /** What the merchant names of the shop. */
  readonly shop?: Readonly<Record<string, string>>;
  /** Field of the form → field of what control hands out. */
  readonly form?: Readonly<Record<string, string>>;
  /** What control is told when it hands out, and what of the form the merchant has of its own: a key registered and kept. */
  readonly credential?: Readonly<Record<string, Json>>;
  readonly brings?: Readonly<Record<string, string>>;
  /** Fields of our registration beside client id and secret. */
  readonly registration?: Readonly<Record<string, string>>;
}

export type ConnectContext = Omit<GrantContext, 'nowMs' | 'authorization'>;

export interface Shop {
  readonly door: Door;
  readonly platform: Platform;
  readonly method: AuthMethod;
  readonly key: string;
  readonly counts: Json;
  readonly shop: Readonly<Record<string, string>>;
  readonly context: ConnectContext;
  issued: Issued;
}

const OBTAIN = {
  browser: 'authorization_code',
  install: 'authorization_code',
  activation: 'oauth1',
  pasted: 'pasted',
  minted: 'client_credentials',
} as const satisfies Record<ConnectCase['how'], Obtain['kind']>;

export async function connectShop(door: Door, one: ConnectCase, size: Json): Promise<Shop> {
  const platform = findPlatform(one.id);
  if (platform === undefined) throw new Error(`no platform ${one.id}`);
  const wish = {
    platform: one.playedAs ?? one.id,
    until: new Date(Date.now() - 3_600_000).toISOString(),
    ...one.make,
  };
  const made = await control(door.sandboxUrl, 'POST', '/shops', { ...wish, ...objectOf(size) });
  const key = textOf(valueAt(made, 'key')) ?? '';
  const context = await contextFor(door, platform, one);
  const approval = await APPROVED[one.how](door, context, one, key);
  const authorization = Object.fromEntries(
    Object.entries(approval).map(([name, value]) => [name, new Secret(value)]),
  );
  const obtained = await obtainCredential({ ...context, authorization, nowMs: Date.now() }, OBTAIN[one.how]);
  const method = platform.auth.find((each) => each.credentialKind === obtained.kind);
  if (method === undefined) throw new Error(`no method ${obtained.kind}`);
  const counts = valueAt(made, 'records') ?? null;
  return { door, platform, method, key, counts, shop: obtained.shop, context, issued: obtained };
}

function objectOf(json: Json): Readonly<Record<string, Json>> {
  return isObject(json) ? json : {};
}

async function contextFor(door: Door, platform: Platform, one: ConnectCase): Promise<ConnectContext> {
  const apps = valueAt(await control(door.sandboxUrl, 'GET', '/apps'), 'data');
  const app = Array.isArray(apps)
    ? apps.find((each: Json) => valueAt(each, 'platform') === (one.playedAs ?? platform.id))
    : undefined;
  const names = objectOf(valueAt(app, 'names') ?? {});
  const fields = { ...Object.fromEntries(Object.entries(names).map(([name, v]) => [name, String(v)])) };
  const wanted = { ...fields, ...one.registration };
  const clientId = textOf(valueAt(app, 'clientId')) ?? '';
  const secret = textOf(valueAt(app, 'secret'));
  const redirectUri = `http://127.0.0.1:3000/oauth/${platform.id}/callback`;
  const registration =
    clientId === ''
      ? null
      : {
          clientId,
          redirectUri,
          secret: secret === null ? null : new Secret(secret),
          earlierSecrets: [],
          fields: Object.fromEntries(
            (platform.registration ?? []).flatMap(({ name }) =>
              wanted[name] === undefined ? [] : [[name, new Secret(wanted[name])]],
            ),
          ),
        };
  const shop = expandShop(platform, one.shop ?? {});
  const base = {
    platform,
    shop,
    registration,
    permissions: PERMISSIONS.filter((name) => name.endsWith(':read') && name in platform.permissions),
    send: (request: Parameters<Sender['send']>[0]) => door.sender.send(request, { bounds: TOKEN_BOUNDS }),
    agents: door.guard.agents(TOKEN_BOUNDS.totalMs, new AbortController().signal),
  };
  return {
    ...base,
    call: async (material, request, told) => {
      const method = platform.auth.find((each) => each.credentialKind === material.kind);
      if (method === undefined) throw new Error(`no method ${material.kind}`);
      const read = await ask({ door, platform, context: base, shop: told }, method, material.parts, request);
      return acceptOrThrow(read, request, Date.now());
    },
  };
}

interface Asking {
  readonly door: Door;
  readonly platform: Platform;
  readonly shop: Readonly<Record<string, string>>;
  readonly context: Pick<GrantContext, 'registration'>;
}

async function ask(
  { door, platform, shop, context: { registration } }: Asking,
  method: AuthMethod,
  parts: Readonly<Record<string, Secret>>,
  request: PlatformRequest,
): Promise<ReadAnswer> {
  const signing = {
    platform,
    shop,
    clientId: registration?.clientId ?? null,
    clientSecret: registration?.secret ?? null,
    registration: registration?.fields ?? {},
    credential: { kind: method.credentialKind, parts },
    nowMs: Date.now(),
  };
  const answer = await door.sender.send(await signRequest(method, signing, request), { bounds: API_BOUNDS });
  return readAnswer(platform, request, answer, method.credentialKind);
}

/** One call with the shop's credential, classified and not judged. */
export async function askShop(of: Shop, request: PlatformRequest): Promise<ReadAnswer> {
  return await ask(of, of.method, materialOf(of).parts, request);
}

/** Waits where the platform asks to, as the door does. */
export async function prove(of: Shop) {
  const request = of.platform.proof.request(of.shop);
  let read = await askShop(of, request);
  for (let waits = 0; waits < 3 && read.result.classification === 'retry_after'; waits++) {
    await new Promise((done) => setTimeout(done, read.retryAfterMs ?? 1_000));
    read = await askShop(of, request);
  }
  return of.platform.proof.read(acceptOrThrow(read, request, Date.now()), of.shop);
}

export async function renew(of: Shop): Promise<Issued> {
  const { lifetimeS, refreshExpiresAtMs } = of.issued;
  const held = { material: materialOf(of), lifetimeS, refreshExpiresAtMs };
  return await renewCredential(grantContext(of), of.method, held);
}

export async function revoke(of: Shop): Promise<void> {
  const { revoke: how } = of.platform;
  if (how === undefined) throw new Error('it cannot be revoked');
  if ('token' in how) return await revokeCredential(grantContext(of), of.method, how.token, materialOf(of));
  const request = how.request(of.shop, { clientId: of.context.registration?.clientId ?? '' });
  acceptOrThrow(await askShop(of, request), request, Date.now());
}

function grantContext(of: Shop): GrantContext {
  return { ...of.context, shop: of.shop, authorization: null, nowMs: Date.now() };
}

function materialOf({ issued }: Shop) {
  const parts = Object.entries(issued.parts).map(([name, value]) => [name, new Secret(value)] as const);
  return { kind: issued.kind, parts: Object.fromEntries(parts) };
}

/** A whole pass by pages of `pageSize` at most, as a sync makes it; the records by id. */
export async function readWhole(
  of: Shop,
  resource: keyof Platform['resources'],
  facts: Readonly<Record<string, string>>,
  { bounds, pageSize }: { bounds: PassBounds; pageSize: number },
) {
  const declared = of.platform.resources[resource];
  if (declared === undefined) throw new Error(`no ${resource}`);
  const size = Math.min(pageSize, declared.pageSize.max);
  const definition = { ...declared, pageSize: { default: size, max: size } };
  const call: PlatformCall = async (request, options) => {
    const read = await askShop(of, request);
    return acceptOrThrow(read, request, Date.now(), options ?? {});
  };
  const source = {
    definition,
    bounds,
    shop: of.shop,
    facts,
    call,
    timings: SYNC_TIMINGS,
    nowMs: Date.now,
    signal: new AbortController().signal,
    onAnswer: () => undefined,
  };
  const records = new Map<string, Json>();
  const setAside: string[] = [];
  let pages = 0;
  let cursor: PassCursor = BEGINNING;
  while (cursor.at === 'page') {
    const page = await readPage(source, cursor);
    for (const { id, json } of page.records) records.set(id, JSON.parse(json));
    setAside.push(...page.setAside.map((aside) => JSON.stringify(aside)));
    pages++;
    cursor = page.next;
    if (pages > 300) throw new Error('the pass does not end');
  }
  return { records, setAside, pages };
}
