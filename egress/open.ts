// Opens what a call is signed with: one transaction reads the rows, writes the audit row and unseals. If the audit row cannot
// be written nothing is opened. It must never keep what it opened.
import type { CredentialMaterial } from '../domain/credential.ts';
import { MooringError } from '../domain/errors.ts';
import type { TenantId } from '../domain/ids.ts';
import type { AuthMethod, Platform } from '../domain/platform.ts';
import { PERMISSIONS, type Permission } from '../domain/resource.ts';
import { Secret } from '../domain/secret.ts';
import { namesIn } from '../platforms/template.ts';
import { type OpeningForCall, openForCall } from '../store/call-openings.ts';
import { openCredential, type SealedCredential } from '../store/credentials.ts';
import type { Database, Sql } from '../store/database.ts';
import type { SealedPart } from '../store/opening-rows.ts';
import {
  auditClientSecret,
  type ConnectionForOpening,
  type RegistrationForOpening,
  readForOpening,
  readSealedAuthorization,
} from '../store/openings.ts';
import type { Vault } from '../vault/index.ts';
import type { CredentialUse } from './call.ts';
import type { ExchangeUse, OpenCredential, OpenRegistration } from './exchange.ts';
import type { FenceWatch } from './fence.ts';
import { needsApproval } from './held-credential.ts';
import type { Clock } from './surroundings.ts';

export type RegistrationOfTenant = OpenRegistration & { readonly tenantId: TenantId | null };

/** Opened for calls: the connection has a credential, and its platform a method for it. */
export interface OpenedConnection {
  readonly platform: Platform;
  readonly shop: Readonly<Record<string, string>>;
  readonly method: AuthMethod;
  readonly credential: CredentialMaterial;
  readonly generation: number;
  readonly expiresAtMs: number | null;
  readonly lifetimeS: number | null;
  /** Whether an answer already proved this generation. */
  readonly isUsed: boolean;
  readonly registration: RegistrationOfTenant | null;
}

/** Opened for an exchange: whatever there is. */
export interface OpenedExchange {
  readonly platform: Platform;
  readonly shop: Readonly<Record<string, string>>;
  readonly registration: RegistrationOfTenant | null;
  readonly permissions: readonly Permission[];
  readonly credential: OpenCredential | null;
  readonly authorization: Readonly<Record<string, Secret>> | null;
}

export type Opener = (use: CredentialUse) => Promise<OpenedConnection>;
export type ExchangeOpener = (use: ExchangeUse) => Promise<OpenedExchange>;
export type GenerationOpener = (use: ExchangeUse, generation: number) => Promise<OpenCredential | null>;

export interface OpenDeps {
  readonly db: Database;
  readonly vault: Pick<Vault, 'open'>;
  readonly platforms: ReadonlyMap<string, Platform>;
  readonly fence: Pick<FenceWatch, 'note'>;
  readonly clock: Clock;
}

/** Opens for calls. Throws not_found, fenced, reauth_required, connection_not_active, credential_unreadable, audit_unavailable. */
export function createOpener(deps: OpenDeps): Opener {
  const signed = kindsSignedWithClientSecret(deps.platforms);
  const asApp = [...signed, ...kindsBesideAppToken(deps.platforms)];
  return async (use) => {
    const read = await deps.db.sqlInTenant(use.tenantId, async (sql) => {
      const readAtMs = deps.clock.monotonicMs();
      const kindsWithClientSecret = AS_APP.has(use.purpose) ? asApp : signed;
      const opening = await openForCall(sql, { ...use, kindsWithClientSecret });
      const { isFenced, generation } = opening;
      deps.fence.note(use.connectionId, { isFenced, generation }, readAtMs);
      return opening;
    });
    const { credential } = read;
    if (credential === null) throw notOpened(read, use);
    const platform = platformOf(deps, read.platform);
    return {
      platform,
      shop: read.shop,
      method: methodFor(platform, credential.kind),
      credential: {
        kind: credential.kind,
        parts: await deps.vault.open(credential.binding, credential.sealed),
      },
      generation: read.generation,
      expiresAtMs: credential.expiresAtMs,
      lifetimeS: credential.lifetimeS,
      isUsed: credential.isUsed,
      registration: await openRegistration(
        deps,
        read.registration,
        read.clientSecret === null ? [] : [read.clientSecret],
      ),
    };
  };
}

function notOpened(read: OpeningForCall, use: CredentialUse): MooringError {
  if (read.isFenced) return fencedBy(use);
  if (read.lifecycle === 'reauth_required') return needsApproval(use, read.reauthReason ?? 'unknown');
  return new MooringError('connection_not_active', `the connection "${use.connectionId}" has no credential`);
}

function kindsSignedWithClientSecret(platforms: ReadonlyMap<string, Platform>): string[] {
  return [...platforms.values()].flatMap((platform) => {
    const secretFields = (platform.registration ?? []).filter((field) => field.secret);
    const secrets = ['clientSecret', ...secretFields.map((field) => field.name)];
    return platform.auth
      .filter(({ sign, signOverHttp, transport }) => {
        const names = namesIn(JSON.stringify([platform.headers, sign, signOverHttp, transport]));
        return names.some((name) => secrets.includes(name));
      })
      .map((method) => `${platform.id}/${method.credentialKind}`);
  });
}

/** What may be asked with our app's own token, which its secret is exchanged for. */
const AS_APP: ReadonlySet<CredentialUse['purpose']> = new Set(['notification', 'subscription']);

function kindsBesideAppToken(platforms: ReadonlyMap<string, Platform>): string[] {
  return [...platforms.values()].flatMap(({ id, appToken, auth }) =>
    appToken === undefined ? [] : auth.map(({ credentialKind }) => `${id}/${credentialKind}`),
  );
}

/** Opens for an exchange. Throws not_found, fenced, credential_unreadable, audit_unavailable. */
export function createExchangeOpener(deps: OpenDeps): ExchangeOpener {
  return async (use) => {
    const read = await deps.db.sqlInTenant(use.tenantId, async (sql) => {
      const connection = await readNoted(deps, sql, use);
      if (connection.isFenced && use.purpose !== 'revocation') throw fencedBy(use);
      const hasCredential = use.credential === 'current' && connection.generation > 0;
      const credential = hasCredential ? await openCredential(sql, use) : null;
      const { registration } = connection;
      if (registration !== null && registration.secrets.length > 0)
        await auditClientSecret(sql, use, registration);
      const { authorizationId } = use;
      const authorization =
        authorizationId === undefined ? [] : await readSealedAuthorization(sql, use, authorizationId);
      return { connection, credential, authorization };
    });
    const { connection, credential, authorization } = read;
    return {
      platform: platformOf(deps, connection.platform),
      shop: connection.shop,
      registration: await openRegistration(
        deps,
        connection.registration,
        connection.registration?.secrets ?? [],
      ),
      permissions: PERMISSIONS.filter((one) => connection.permissions.includes(one)),
      credential: credential === null ? null : await openSealed(deps, credential),
      authorization: await openParts(deps, authorization),
    };
  };
}

/** Opens one kept generation with an audit row of its own; null when it is gone. */
export function createGenerationOpener(deps: OpenDeps): GenerationOpener {
  return async (use, generation) => {
    try {
      const credential = await deps.db.sqlInTenant(use.tenantId, (sql) =>
        openCredential(sql, { ...use, generation }),
      );
      return await openSealed(deps, credential);
    } catch (error) {
      if (error instanceof MooringError && error.code === 'connection_not_active') return null;
      throw error;
    }
  };
}

/** The read counts as a fence read: it saves the first call one of its own. */
async function readNoted(deps: OpenDeps, sql: Sql, use: ExchangeUse): Promise<ConnectionForOpening> {
  const readAtMs = deps.clock.monotonicMs();
  const connection = await readForOpening(sql, use.connectionId);
  deps.fence.note(
    use.connectionId,
    { isFenced: connection.isFenced, generation: connection.generation },
    readAtMs,
  );
  return connection;
}

function fencedBy(use: { readonly connectionId: string }): MooringError {
  return new MooringError('fenced', `the connection "${use.connectionId}" is revoked`);
}

function platformOf(deps: OpenDeps, id: string): Platform {
  const platform = deps.platforms.get(id);
  if (platform === undefined) throw new MooringError('unknown_platform', `there is no platform "${id}"`);
  return platform;
}

async function openSealed(deps: OpenDeps, credential: SealedCredential): Promise<OpenCredential> {
  return {
    material: { kind: credential.kind, parts: await deps.vault.open(credential.binding, credential.sealed) },
    generation: credential.generation,
    expiresAtMs: credential.expiresAtMs,
    lifetimeS: credential.lifetimeS,
    refreshExpiresAtMs: credential.refreshExpiresAtMs,
    registrationVersion: credential.registrationVersion,
  };
}

/** Several are one, the later ones believed. */
export async function openParts(
  deps: Pick<OpenDeps, 'vault'>,
  sealed: readonly SealedPart[],
): Promise<Record<string, Secret> | null> {
  if (sealed.length === 0) return null;
  const opened = await Promise.all(sealed.map((part) => deps.vault.open(part.binding, part.sealed)));
  return Object.assign({}, ...opened);
}

/** Opens our app at a platform; its secrets newest first. */
export async function openRegistration(
  deps: Pick<OpenDeps, 'vault'>,
  registration: Omit<RegistrationForOpening, 'secrets'> | null,
  sealed: readonly SealedPart[],
): Promise<RegistrationOfTenant | null> {
  if (registration === null) return null;
  const opened = await Promise.all(
    sealed.map(({ binding, sealed: bytes }) => deps.vault.open(binding, bytes)),
  );
  const [secret = null, ...earlierSecrets] = opened.flatMap((parts) => parts['clientSecret'] ?? []);
  const { id, tenantId, version, clientId, redirectUri } = registration;
  const { clientSecret: _told, ...secretFields } = opened[0] ?? {};
  const publicFields = Object.entries(registration.fields).map(
    ([name, text]) => [name, new Secret(text)] as const,
  );
  const fields = { ...Object.fromEntries(publicFields), ...secretFields };
  return { id, tenantId, version, clientId, redirectUri, secret, earlierSecrets, fields };
}

/** Throws internal when the platform has no such kind of credential. */
export function methodFor(platform: Platform, kind: string): AuthMethod {
  const method = platform.auth.find((one) => one.credentialKind === kind);
  if (method === undefined)
    throw new MooringError('internal', `"${platform.id}" has no credential of the kind "${kind}"`);
  return method;
}
