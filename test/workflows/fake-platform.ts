// A platform's edge for lifecycle tests: counts exchanges, enforces single-use refresh tokens, fails on demand. Only this edge is
// simulated: the database, Temporal and every activity around it are real.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Grants, IssuedCredential } from '../../activities/lifecycle-deps.ts';
import { type ErrorCode, MooringError } from '../../domain/errors.ts';
import type { ConnectionId, TenantId } from '../../domain/ids.ts';
import type { Platform } from '../../domain/platform.ts';
import { Secret } from '../../domain/secret.ts';
import type { Exchange, ExchangeContext, ExchangeUse, OpenCredential } from '../../egress/exchange.ts';
import { findAuthorization } from '../../store/authorizations.ts';
import { findConnection } from '../../store/connections.ts';
import type { Database } from '../../store/database.ts';
import { textFields } from '../../store/shop-moves.ts';
import type { Vault } from '../../vault/index.ts';
import { KIND, methodOf, NEXT_KIND, platformOf, type Renewed } from './fake-definition.ts';

export interface FakePlatform {
  readonly platform: Platform;
  readonly exchange: Exchange;
  readonly grants: Grants;
  readonly vault: Pick<Vault, 'seal' | 'forget'>;
  /** Exchanges that reached the platform, by connection. */
  exchanges(connectionId: ConnectionId): number;
  readonly calls: { probes: number; revocations: number };
  /** What the next exchanges, probes or revocations of a connection come to; the last one stays. `lost` rotates and drops the answer. */
  script(connectionId: ConnectionId, at: keyof Account['scripts'], ...answers: Answer[]): void;
  /** What the proof of a connection reads from now on. */
  proves(connectionId: ConnectionId, proven: Proves): void;
  /** What the proof of the next connection reads that nobody has spoken of yet. */
  provesNext(proven: Proves): void;
  /** Held back until `release`. */
  hold(): { release(): void };
}

export type Answer = 'ok' | 'lost' | ErrorCode | { readonly code: ErrorCode; readonly retryAtMs: number };

export interface FakeOptions extends Renewed {
  readonly db: Database;
  readonly nowMs: () => number;
  readonly lifetimeS?: number | null;
  readonly refreshLifetimeS?: number | null;
}

/** null: the platform tells no key. */
interface Proves {
  readonly shopKey?: string | null;
  readonly scopes?: readonly string[];
  /** the approval is for all of these */
  readonly shops?: readonly Readonly<Record<string, string>>[];
}

interface Account {
  proven: Proves;
  exchanges: number;
  refreshToken: string;
  scripts: Record<'renew' | 'probe' | 'revoke' | 'obtain' | 'prove' | 'upgrade', Answer[]>;
}

/** Whose exchange is running, for the grants called within it. */
const current = new AsyncLocalStorage<Account>();

export function fakePlatform(options: FakeOptions): FakePlatform {
  const accounts = new Map<string, Account>();
  const calls = { probes: 0, revocations: 0 };
  const method = methodOf(options);
  const platform = platformOf(method);
  let nextProven: Proves = {};
  let gate: Promise<void> = Promise.resolve();
  const account = (id: string): Account => {
    const known = accounts.get(id);
    if (known !== undefined) return known;
    const made: Account = {
      proven: nextProven,
      exchanges: 0,
      refreshToken: 'r0',
      scripts: { renew: [], probe: [], revoke: [], obtain: [], prove: [], upgrade: [] },
    };
    accounts.set(id, made);
    nextProven = {};
    return made;
  };
  const issue = (of: Account): IssuedCredential => {
    const nowMs = options.nowMs();
    const lifetimeS = options.lifetimeS === undefined ? 3600 : options.lifetimeS;
    const refreshS = options.refreshLifetimeS ?? null;
    of.refreshToken = `r${of.exchanges}`;
    return {
      kind: KIND,
      parts: { accessToken: `a${of.exchanges}`, refreshToken: of.refreshToken },
      expiresAtMs: lifetimeS === null ? null : nowMs + lifetimeS * 1000,
      lifetimeS,
      refreshExpiresAtMs: refreshS === null ? null : nowMs + refreshS * 1000,
      scopes: ['read_orders'],
    };
  };
  const grants: Grants = {
    obtain: async (context, obtain) => {
      const of = inAccount();
      answer(of, 'obtain');
      if (obtain === 'share') return { ...issue(of), shop: context.shop };
      const { shops } = of.proven;
      return shops === undefined ? issue(of) : { ...issue(of), shops };
    },
    renew: async (_context, credential) => {
      const of = inAccount();
      await gate;
      of.exchanges += 1;
      const said = next(of, 'renew');
      if (said === 'lost') {
        issue(of);
        throw lostAnswer();
      }
      if (said !== 'ok') throw asError(said);
      if (credential.material.parts['refreshToken']?.reveal() !== of.refreshToken) {
        throw new MooringError('credential_dead', 'the refresh token was used before');
      }
      return issue(of);
    },
    upgrade: async () => {
      const of = inAccount();
      await gate;
      of.exchanges += 1;
      const said = next(of, 'upgrade');
      if (said === 'lost') throw lostAnswer();
      if (said !== 'ok') throw asError(said);
      return { ...issue(of), kind: NEXT_KIND, expiresAtMs: options.nowMs() + 3_600_000, lifetimeS: 3600 };
    },
    revoke: async () => {
      throw new MooringError('internal', 'this platform is revoked by a call');
    },
    missingScopes: (_platform, permissions, granted) =>
      permissions.includes('orders:read') && !granted.includes('read_orders') ? ['read_orders'] : [],
  };
  const exchange: Exchange = async (use, closure) => {
    const of = account(use.connectionId);
    const credential =
      use.credential === 'none'
        ? null
        : await openLatest(options.db, use.tenantId, use.connectionId, use.purpose);
    const context: ExchangeContext = {
      platform,
      shop: await shopOf(options.db, use),
      registration: null,
      permissions: [],
      credential,
      authorization: await openAuthorization(options.db, use),
      methodFor: (kind) => platform.auth.find((one) => one.credentialKind === kind) ?? method,
      openGeneration: async () => null,
      send: async () => {
        throw new MooringError('internal', 'nothing is sent here');
      },
      agents: { http: {}, https: {} } as ExchangeContext['agents'],
      call: async (_credential, request) => {
        const at = request.endpoint === 'DELETE /grant' ? 'revoke' : 'probe';
        calls[at === 'revoke' ? 'revocations' : 'probes'] += 1;
        answer(of, at);
        return { status: 200, headers: {}, body: {}, bodyText: '{}', classification: 'ok' };
      },
      prove: async () => {
        answer(of, 'prove');
        return {
          shopKey: of.proven.shopKey === undefined ? `shop of ${use.connectionId}` : of.proven.shopKey,
          shopName: 'A shop',
          scopes: of.proven.scopes ?? ['read_orders'],
          facts: {},
        };
      },
      nowMs: options.nowMs(),
    };
    return current.run(of, () => closure(context));
  };
  return {
    platform,
    exchange,
    grants,
    vault: {
      seal: async (_binding, parts) => ({ bytes: Buffer.from(JSON.stringify(parts)), keyVersion: 1 }),
      forget: () => undefined,
    },
    exchanges: (id) => account(id).exchanges,
    calls,
    script: (id, at, ...answers) => {
      account(id).scripts[at] = [...answers];
    },
    provesNext: (proven) => {
      nextProven = proven;
    },
    proves: (id, proven) => {
      account(id).proven = proven;
    },
    hold: () => {
      let release = () => {};
      gate = new Promise((resolve) => {
        release = resolve;
      });
      return { release };
    },
  };
}

function lostAnswer(): MooringError {
  return new MooringError('platform_unreachable', 'the answer was lost', {
    detail: { network: 'UND_ERR_SOCKET' },
  });
}

function inAccount(): Account {
  const of = current.getStore();
  if (of === undefined) throw new Error('outside of an exchange');
  return of;
}

function next(of: Account, at: keyof Account['scripts']): Answer {
  const script = of.scripts[at];
  return (script.length > 1 ? script.shift() : script[0]) ?? 'ok';
}

function answer(of: Account, at: keyof Account['scripts']): void {
  const said = next(of, at);
  if (said !== 'ok') throw asError(said);
}

function asError(said: Answer): MooringError {
  if (typeof said === 'object')
    return new MooringError(said.code, 'as scripted', { retryAtMs: said.retryAtMs });
  return new MooringError(said === 'ok' || said === 'lost' ? 'internal' : said, 'as scripted');
}

async function shopOf(db: Database, use: ExchangeUse): Promise<Record<string, string>> {
  const row = await db.inTenant(use.tenantId, (tx) => findConnection(tx, use.connectionId));
  return textFields(row?.shop);
}

/** What was sealed opens again: here a seal is plain JSON. */
async function openAuthorization(db: Database, use: ExchangeUse): Promise<Record<string, Secret>> {
  const { authorizationId: id } = use;
  if (id === undefined) return {};
  const row = await db.inTenant(use.tenantId, (tx) => findAuthorization(tx, id));
  const text = row?.sealed == null ? '{}' : Buffer.from(row.sealed).toString();
  return Object.fromEntries(
    Object.entries(textFields(JSON.parse(text))).map(([name, part]) => [name, new Secret(part)]),
  );
}

async function openLatest(
  db: Database,
  tenantId: TenantId,
  connectionId: ConnectionId,
  purpose: string,
): Promise<OpenCredential | null> {
  return db.inTenant(tenantId, async (tx) => {
    const connection = await tx.connection.findUniqueOrThrow({ where: { id: connectionId } });
    if (connection.fencedAt !== null && purpose !== 'revocation') throw new MooringError('fenced', 'fenced');
    const row = await tx.credential.findUnique({
      where: { connectionId_generation: { connectionId, generation: connection.generation } },
    });
    if (row === null) return null;
    const parts: Record<string, string> = JSON.parse(Buffer.from(row.sealed).toString());
    return {
      material: {
        kind: row.kind,
        parts: Object.fromEntries(Object.entries(parts).map(([name, text]) => [name, new Secret(text)])),
      },
      generation: row.generation,
      expiresAtMs: row.expiresAt?.getTime() ?? null,
      lifetimeS: row.lifetimeS,
      refreshExpiresAtMs: row.refreshExpiresAt?.getTime() ?? null,
      registrationVersion: null,
    };
  });
}
