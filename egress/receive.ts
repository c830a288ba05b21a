// Whether what came is the platform's: opens what it is verified with, each time with its audit row, and keeps it for half a minute, since a busy platform
// sends hundreds a second (docs/decisions/0015-secrets-that-verify-are-kept-half-a-minute.md). Fails closed: what cannot be read verifies nothing. No secret leaves this file.
import { templateValues } from '../auth/context.ts';
import { type ReceivedMessage, type ReceivedVerdict, verifyReceived } from '../auth/index.ts';
import { MooringError } from '../domain/errors.ts';
import type { ClientRegistrationId, ConnectionId, TenantId } from '../domain/ids.ts';
import type { Json, Platform, ReceivedSignature } from '../domain/platform.ts';
import type { Secret } from '../domain/secret.ts';
import { namesIn } from '../platforms/template.ts';
import { openForCall } from '../store/call-openings.ts';
import type { Database, Sql } from '../store/database.ts';
import {
  openAppForNotifications,
  openSubscriptionSecrets,
  stateOfSecrets,
} from '../store/notification-openings.ts';
import type { SealedPart } from '../store/opening-rows.ts';
import type { Vault } from '../vault/index.ts';
import type { NotificationKeys } from './notification-keys.ts';
import { contentOf } from './received-content.ts';
import type { Clock } from './surroundings.ts';

/** Whom it is for: a connection, whose own secrets count too, or one of our apps. */
export interface ReceivedFor {
  readonly platform: Platform;
  readonly connection: {
    readonly tenantId: TenantId;
    readonly connectionId: ConnectionId;
    readonly shop: Readonly<Record<string, string>>;
  } | null;
  readonly registrationId: ClientRegistrationId | null;
}

export interface Receive {
  /** Never throws for what was received; store_unavailable, audit_unavailable and the codes of a call where a key cannot be read. */
  verify(of: ReceivedFor, signature: ReceivedSignature, message: ReceivedMessage): Promise<ReceivedVerdict>;
  /** A value of our app's that an answer to a challenge is made of; null where it has none. The digest leaves here, never the value. */
  values(
    of: ReceivedFor,
    use: (values: Readonly<Record<string, string>>) => string | null,
  ): Promise<string | null>;
  /** What it says: the claims where it is a JWT, else its JSON, or the fields of a form; undefined where it is none of these. */
  content(message: ReceivedMessage, verdict: ReceivedVerdict | null): Json | undefined;
}

interface Deps {
  readonly db: Database;
  readonly vault: Pick<Vault, 'open'>;
  readonly keys: NotificationKeys;
  readonly clock: Pick<Clock, 'nowMs' | 'monotonicMs'>;
}

/** One way in which our values may stand: a live version of our app's secret beside one of the subscriptions'. */
interface Candidate {
  readonly secret: Secret | null;
  readonly values: Readonly<Record<string, string>>;
}

interface Material {
  readonly candidates: readonly Candidate[];
  readonly openedAtMs: number;
  /** Of what was opened, as the store tells it without opening. */
  readonly state: string;
}

interface Kept {
  readonly opening: Promise<Material>;
  /** Whether something newer than it was there when that was asked last. */
  asked: { readonly atMs: number; readonly isNewer: Promise<boolean> };
}

const KEPT_MS = 30_000;
/** A signature that fails may be by a secret that is newer than what is kept: then that is asked for, and nothing opened unless it is. */
const ASKED_AGAIN_AFTER_MS = 1_000;
const MOST_KEPT = 2_000;

interface Asked {
  readonly needed: readonly string[];
  readonly needsCredential: boolean;
}

/** What a signature asks for does not change: worked out once. */
const ASKED = new WeakMap<ReceivedSignature, Asked>();

function askedBy(platform: Platform, signature: ReceivedSignature): Asked {
  const known = ASKED.get(signature);
  if (known !== undefined) return known;
  const needed = namesIn(JSON.stringify(signature));
  const needsCredential = credentialNames(platform).some((name) => needed.includes(name));
  const asked = { needed, needsCredential };
  ASKED.set(signature, asked);
  return asked;
}

export function createReceive(deps: Deps): Receive {
  const { materialOf, newerThan } = keepMaterial(deps);
  return {
    verify: async (of, signature, message) => {
      const { needed, needsCredential } = askedBy(of.platform, signature);
      const material = await materialOf(of, needsCredential);
      const verdict = await verifyWith(deps, of, { signature, message, material, needed });
      if (verdict.ok || verdict.at === 'missing' || verdict.at === 'timestamp') return verdict;
      const newer = await newerThan(material, of, needsCredential);
      return newer === material
        ? verdict
        : verifyWith(deps, of, { signature, message, material: newer, needed });
    },
    values: async (of, use) => {
      const { candidates } = await materialOf(of, false);
      for (const { values } of candidates) {
        const made = use(values);
        if (made !== null) return made;
      }
      return null;
    },
    content: contentOf,
  };
}

/** What was opened, for half a minute; and anew before that only where the store has something newer, whatever is sent. */
function keepMaterial(deps: Deps) {
  const kept = new Map<string, Kept>();
  const keyOf = (of: ReceivedFor, needsCredential: boolean) =>
    `${of.connection?.connectionId ?? ''}/${of.registrationId ?? ''}/${needsCredential}`;

  /** In the place of `former`; what somebody else opened in that place meanwhile serves as well. */
  const open = (former: Kept | undefined, of: ReceivedFor, needsCredential: boolean): Promise<Material> => {
    const key = keyOf(of, needsCredential);
    const present = kept.get(key);
    if (present !== undefined && present !== former) return present.opening;
    const opening = openMaterial(deps, of, needsCredential);
    const asked = { atMs: deps.clock.monotonicMs(), isNewer: Promise.resolve(false) };
    const one: Kept = { opening, asked };
    if (kept.size >= MOST_KEPT) kept.clear();
    kept.set(key, one);
    opening.catch(() => {
      if (kept.get(key) === one) kept.delete(key);
    });
    return opening;
  };

  return {
    materialOf: async (of: ReceivedFor, needsCredential: boolean): Promise<Material> => {
      const known = kept.get(keyOf(of, needsCredential));
      const found = await known?.opening.catch(() => null);
      const isKept = found != null && deps.clock.monotonicMs() - found.openedAtMs <= KEPT_MS;
      return isKept ? found : open(known, of, needsCredential);
    },
    newerThan: async (material: Material, of: ReceivedFor, needsCredential: boolean): Promise<Material> => {
      const known = kept.get(keyOf(of, needsCredential));
      const present = (await known?.opening) ?? material;
      if (known === undefined || present !== material) return present;
      const nowMs = deps.clock.monotonicMs();
      if (nowMs - known.asked.atMs > ASKED_AGAIN_AFTER_MS) {
        const isNewer = readState(deps, of).then((state) => state !== material.state);
        known.asked = { atMs: nowMs, isNewer };
      }
      return (await known.asked.isNewer) ? open(known, of, needsCredential) : material;
    },
  };
}

function readState(deps: Deps, { registrationId, connection }: ReceivedFor): Promise<string> {
  const connectionId = connection?.connectionId ?? null;
  return deps.db.sqlAcrossTenants((sql) => stateOfSecrets(sql, { registrationId, connectionId }));
}

async function verifyWith(
  deps: Deps,
  of: ReceivedFor,
  at: {
    readonly signature: ReceivedSignature;
    readonly message: ReceivedMessage;
    readonly material: Material;
    readonly needed: readonly string[];
  },
): Promise<ReceivedVerdict> {
  let verdict: ReceivedVerdict = { ok: false, at: 'signature' };
  for (const { secret, values } of at.material.candidates) {
    if (lacks(at.needed, values)) continue;
    verdict = await verifyReceived(at.signature, at.message, {
      secrets: secret === null ? [] : [secret],
      values,
      send: deps.keys.send,
      readKey: (path, keyId) => deps.keys.read(of, at.signature, { path, keyId }),
      nowMs: deps.clock.nowMs(),
    });
    if (verdict.ok) return verdict;
  }
  return verdict;
}

/** Names that verifying itself gives a value. */
const OF_MESSAGE = [
  'method',
  'path',
  'query',
  'rawQuery',
  'url',
  'body',
  'bodySha256',
  'parameters',
  'keyId',
];

/** A value that is not there verifies nothing, and is no fault of ours to tell about. */
function lacks(needed: readonly string[], values: Readonly<Record<string, string>>): boolean {
  return needed.some(
    (name) => !OF_MESSAGE.includes(name) && (!Object.hasOwn(values, name) || values[name] === ''),
  );
}

function credentialNames(platform: Platform): readonly string[] {
  return platform.auth.flatMap(({ obtain, tokenAnswer }) => [
    ...('fields' in obtain ? obtain.fields.map(({ name }) => name) : []),
    ...Object.keys(tokenAnswer ?? {}),
    ...('keys' in obtain && typeof obtain.keys === 'object' ? Object.keys(obtain.keys ?? {}) : []),
    ...EXTRA_PARTS,
  ]);
}

/** Parts that a handshake leaves with the credential, whatever its data calls them. */
const EXTRA_PARTS = ['shopSecret'];

async function openMaterial(deps: Deps, of: ReceivedFor, needsCredential: boolean): Promise<Material> {
  const openedAtMs = deps.clock.monotonicMs();
  const { registrationId, connection } = of;
  // Before it is opened: what is added between the two is newer.
  const state = await readState(deps, of);
  const app =
    registrationId === null
      ? null
      : await deps.db.sqlAcrossTenants((sql) => openAppForNotifications(sql, registrationId));
  const own =
    connection === null
      ? { subscriptions: [], credential: null }
      : await deps.db.sqlInTenant(connection.tenantId, (sql) => openOwn(sql, connection, needsCredential));
  const versions = await openReadable(deps, app?.secrets ?? []);
  const subscriptions = await openReadable(deps, own.subscriptions);
  const [parts = {}] = await openReadable(deps, own.credential === null ? [] : [own.credential]);
  const valuesOf = (
    secrets: Readonly<Record<string, Secret>>,
    subscription: Readonly<Record<string, Secret>>,
  ) =>
    templateValues({
      platform: of.platform,
      shop: connection?.shop ?? {},
      clientId: app?.facts.clientId ?? null,
      clientSecret: secrets['clientSecret'] ?? null,
      registration: { ...secrets, ...subscription },
      credential: { kind: '', parts },
    });
  const candidates = (versions.length === 0 ? [{}] : versions).flatMap(
    (secrets: Readonly<Record<string, Secret>>) =>
      (subscriptions.length === 0 ? [{}] : subscriptions).map(
        (subscription: Readonly<Record<string, Secret>>): Candidate => ({
          secret: secrets['clientSecret'] ?? null,
          values: { ...app?.facts.fields, ...valuesOf(secrets, subscription) },
        }),
      ),
  );
  return { candidates: distinct(candidates), openedAtMs, state };
}

/** Subscriptions of one connection mostly share a secret. */
function distinct(candidates: readonly Candidate[]): readonly Candidate[] {
  const seen = new Set<string>();
  return candidates.filter(({ values }) => {
    const key = JSON.stringify(values);
    return !seen.has(key) && seen.add(key);
  });
}

async function openOwn(
  sql: Sql,
  of: NonNullable<ReceivedFor['connection']>,
  needsCredential: boolean,
): Promise<{ readonly subscriptions: readonly SealedPart[]; readonly credential: SealedPart | null }> {
  const subscriptions = await openSubscriptionSecrets(sql, of);
  if (!needsCredential) return { subscriptions, credential: null };
  const opening = await openForCall(sql, {
    ...of,
    purpose: 'notification',
    reason: 'verify notifications',
    kindsWithClientSecret: [],
  });
  return { subscriptions, credential: opening.credential };
}

/** One that cannot be read keeps none beside it from verifying. A key that is not at hand now is another matter: the platform comes again. */
async function openReadable({ vault }: Pick<Deps, 'vault'>, some: readonly SealedPart[]) {
  const noneIfUnreadable = (error: unknown) => {
    if (error instanceof MooringError && error.code === 'credential_unreadable') return null;
    throw error;
  };
  const opened = some.map(({ binding, sealed }) => vault.open(binding, sealed).catch(noneIfUnreadable));
  return (await Promise.all(opened)).filter((one) => one !== null);
}
