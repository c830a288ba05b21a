// What an install that nobody has claimed yet is exchanged with: the installation's own app, what its callback brought, and the guarded ways out. There is no
// connection yet, so no fence and no budget; everything it lends refuses to work once the closure ends.
import { type GrantContext, signRequest } from '../auth/index.ts';
import { MooringError } from '../domain/errors.ts';
import type { ClientRegistrationId, InstallId } from '../domain/ids.ts';
import type { Platform } from '../domain/platform.ts';
import { PERMISSIONS } from '../domain/resource.ts';
import { openOwnApp, readSealedInstall } from '../store/app-openings.ts';
import type { Database } from '../store/database.ts';
import type { Vault } from '../vault/index.ts';
import type { Guard } from './guard.ts';
import { methodFor, openParts, openRegistration } from './open.ts';
import { acceptOrThrow, readAnswer } from './outcome.ts';
import { API_BOUNDS, type Sender, TOKEN_BOUNDS } from './send.ts';
import type { Clock } from './surroundings.ts';

export interface InstallUse {
  readonly installId: InstallId;
  readonly platform: Platform;
  readonly shop: Readonly<Record<string, string>>;
}

export type InstallContext = GrantContext &
  Required<Pick<GrantContext, 'call'>> & { readonly registrationId: ClientRegistrationId | null };

/** Runs `closure` with everything opened. Throws not_found where the install is over, credential_unreadable, audit_unavailable, and whatever the closure throws. */
export type InstallExchange = <T>(
  use: InstallUse,
  closure: (context: InstallContext) => Promise<T>,
) => Promise<T>;

interface Deps {
  readonly db: Database;
  readonly vault: Pick<Vault, 'open'>;
  readonly guard: Guard;
  readonly sender: Sender;
  readonly clock: Clock;
}

export function createInstallExchange(deps: Deps): InstallExchange {
  return async (use, closure) => {
    const read = await deps.db.sqlAcrossTenants(async (sql) => ({
      sealed: await readSealedInstall(sql, use.installId),
      app: await openOwnApp(sql, use.platform.id, use.installId),
    }));
    const authorization = await openParts(deps, read.sealed);
    if (authorization === null)
      throw new MooringError('not_found', `there is no install "${use.installId}" that waits`);
    const registration = await openRegistration(deps, read.app, read.app?.secrets ?? []);
    const ended = new AbortController();
    try {
      const lent = { registration, authorization, signal: ended.signal };
      return await closure(contextOf(deps, use, lent));
    } finally {
      ended.abort(new MooringError('internal', `the exchange of "${use.installId}" has ended`));
    }
  };
}

function contextOf(
  deps: Deps,
  { platform, shop }: InstallUse,
  lent: {
    readonly registration: Awaited<ReturnType<typeof openRegistration>>;
    readonly authorization: NonNullable<GrantContext['authorization']>;
    readonly signal: AbortSignal;
  },
): InstallContext {
  const { registration, authorization, signal } = lent;
  return {
    platform,
    shop,
    registration,
    registrationId: registration?.id ?? null,
    authorization,
    // Nobody has said yet what it is for; a platform's install asked for its scopes itself.
    permissions: PERMISSIONS.filter((one) => one.endsWith(':read') && one in platform.permissions),
    send: (request) => deps.sender.send(request, { bounds: TOKEN_BOUNDS, signal }),
    agents: deps.guard.agents(TOKEN_BOUNDS.totalMs, signal),
    call: async (credential, request, told) => {
      const nowMs = deps.clock.nowMs();
      const signing = {
        platform,
        shop: told,
        clientId: registration?.clientId ?? null,
        clientSecret: registration?.secret ?? null,
        registration: registration?.fields ?? {},
        credential,
        nowMs,
      };
      const signed = await signRequest(methodFor(platform, credential.kind), signing, request);
      const answer = await deps.sender.send(signed, { bounds: API_BOUNDS, signal });
      return acceptOrThrow(readAnswer(platform, request, answer, credential.kind), request, nowMs);
    },
    nowMs: deps.clock.nowMs(),
  };
}
