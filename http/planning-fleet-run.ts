// What a wish for a fleet run means: which connections, to become what. The plan is written in the run's own transaction, so that what is
// shown is what will be worked.
import { MooringError } from '../domain/errors.ts';
import { DEFAULT_FLEET_OPTIONS, type FleetOptions } from '../domain/fleet-run.ts';
import type { TenantId } from '../domain/ids.ts';
import type { Platform } from '../domain/platform.ts';
import { readClientRegistration } from '../store/client-registrations-list.ts';
import { unknownConnections } from '../store/connections-list.ts';
import type { Tx } from '../store/database.ts';
import type { FleetGoal, FleetScope } from '../store/fleet-plan.ts';
import { readTenant } from '../store/tenants-list.ts';
import { inScope, type Principal, tenantFor, unknown } from './auth.ts';
import type { HttpDeps } from './deps.ts';
import { platformOf } from './routes/connections.ts';
import type { NewFleetRunView } from './schemas/fleet-runs.ts';

/** The tenant a run over many connections is for: null for an operator who names none. */
export function fleetTenant(principal: Principal, asked: TenantId | undefined): TenantId | null {
  return principal.tenantId === null && asked === undefined ? null : tenantFor(principal, asked);
}

/** A slip of the pen must not look like work that found nothing to do. Throws not_found, unknown_platform. */
export async function assertScopeKnown(
  deps: HttpDeps,
  principal: Principal,
  { tenantId, platform, registrationId, connectionIds }: FleetScope,
): Promise<void> {
  if (platform !== null) platformOf(deps, platform);
  await inScope(deps.db, principal, async (tx) => {
    if (tenantId !== null && (await readTenant(tx, tenantId)) === null) throw unknown('tenant', tenantId);
    if (registrationId !== null) {
      const registration = await readClientRegistration(tx, registrationId);
      const isTheirs = tenantId === null || [null, tenantId].includes(registration?.tenantId ?? null);
      if (registration === null || !isTheirs) throw unknown('client registration', registrationId);
    }
    const [missing] = await unknownConnections(tx, connectionIds ?? [], tenantId);
    if (missing !== undefined) throw unknown('connection', missing);
  });
}

export function fleetOptions(wish: NewFleetRunView): FleetOptions {
  const { canary, canaryWaitS, batchSize, concurrency, perMinute, maxErrorRate } = DEFAULT_FLEET_OPTIONS;
  return {
    canary: wish.canary ?? canary,
    canaryWaitS: wish.canaryWaitS ?? canaryWaitS,
    batchSize: wish.batchSize ?? batchSize,
    concurrency: wish.concurrency ?? concurrency,
    perMinute: wish.perMinute ?? perMinute,
    maxErrorRate: wish.maxErrorRate ?? maxErrorRate,
  };
}

/** Throws upgrade_unavailable, invalid_request, unknown_platform, not_found. */
export async function goalAndScope(
  deps: HttpDeps,
  principal: Principal,
  wish: NewFleetRunView,
): Promise<{ readonly goal: FleetGoal; readonly scope: FleetScope }> {
  const scope = {
    tenantId: fleetTenant(principal, wish.tenantId),
    platform: null,
    registrationId: null,
    connectionIds: wish.connectionIds ?? null,
    credentialKind: null,
    grantedBefore: null,
  };
  switch (wish.kind) {
    case 'token_upgrade': {
      const platform = needPlatform(deps, wish);
      return { goal: upgradeOf(platform, wish.credentialKind), scope: { ...scope, platform: platform.id } };
    }
    case 'api_version': {
      const platform = needPlatform(deps, wish);
      return {
        goal: { kind: 'api_version', version: platform.apiVersion.name },
        scope: { ...scope, platform: platform.id },
      };
    }
    case 'secret_rotation':
      return inScope(deps.db, principal, (tx) => rotationOf(deps, tx, wish, scope));
  }
}

function upgradeOf(platform: Platform, kind: string | undefined): FleetGoal {
  const methods = platform.auth.filter(
    (method) => method.upgrade !== undefined && (kind === undefined || method.credentialKind === kind),
  );
  const [method] = methods;
  if (method?.upgrade === undefined || methods.length > 1) {
    throw new MooringError(
      'upgrade_unavailable',
      methods.length > 1
        ? `"${platform.id}" upgrades several kinds; say which in "credentialKind"`
        : `"${platform.id}" has no such upgrade`,
      { detail: { kinds: methods.map((one) => one.credentialKind) } },
    );
  }
  return { kind: 'token_upgrade', from: method.credentialKind, to: method.upgrade.to };
}

async function rotationOf(deps: HttpDeps, tx: Tx, wish: NewFleetRunView, scope: FleetScope) {
  if (wish.clientRegistrationId === undefined) throw missing('clientRegistrationId', wish.kind);
  const registration = await readClientRegistration(tx, wish.clientRegistrationId);
  if (registration === null) throw unknown('client registration', wish.clientRegistrationId);
  const platform = platformOf(deps, registration.platform);
  const renewable = platform.auth.flatMap((method) =>
    method.renew.kind === 'none' ? [] : [method.credentialKind],
  );
  return {
    goal: { kind: 'secret_rotation', version: registration.version, renewable } as const,
    scope: { ...scope, platform: platform.id, registrationId: registration.id },
  };
}

function needPlatform(deps: HttpDeps, wish: NewFleetRunView): Platform {
  if (wish.platform === undefined) throw missing('platform', wish.kind);
  return platformOf(deps, wish.platform);
}

function missing(name: string, kind: string): MooringError {
  return new MooringError('invalid_request', `"${name}" is required for "${kind}"`, {
    fields: [{ path: `/${name}`, rule: `is required for "${kind}"` }],
  });
}
