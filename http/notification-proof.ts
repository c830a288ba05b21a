// For which of our apps a notification is that came to an address of no connection: the one whose secret fits. Fails closed, and tells nobody why.
import { MooringError } from '../domain/errors.ts';
import type { ClientRegistrationId } from '../domain/ids.ts';
import type { Json, Platform, ReceivedSignature } from '../domain/platform.ts';
import type { ReceivedMessage, ReceivedVerdict } from '../egress/index.ts';
import { findApp, listApps } from '../store/notification-openings.ts';
import type { HttpDeps } from './deps.ts';

export interface Proved {
  readonly registrationId: ClientRegistrationId | null;
  readonly content: Json | undefined;
}

/** `app` null: any of ours at the platform. Throws notification_unverified, and not_found where there is no such app. */
export async function proveForApps(
  deps: Pick<HttpDeps, 'db' | 'receive'>,
  of: {
    readonly platform: Platform;
    readonly signature: ReceivedSignature | null;
    readonly app: ClientRegistrationId | null;
  },
  message: ReceivedMessage,
): Promise<Proved> {
  const { platform, signature, app } = of;
  if (signature === null && app === null)
    return { registrationId: null, content: deps.receive.content(message, null) };
  const apps = await deps.db.sqlAcrossTenants((sql) =>
    app === null ? listApps(sql, platform.id) : findApp(sql, platform.id, app),
  );
  if (app !== null && apps.length === 0) throw noAddress();
  if (signature === null) return { registrationId: app, content: deps.receive.content(message, null) };
  let verdict: ReceivedVerdict = { ok: false, at: 'key' };
  for (const registrationId of apps) {
    verdict = await deps.receive.verify({ platform, connection: null, registrationId }, signature, message);
    if (verdict.ok) return { registrationId, content: deps.receive.content(message, verdict) };
  }
  throw unverified(verdict);
}

/** For whatever is not there, whatever the reason. */
export function noAddress(): MooringError {
  return new MooringError('not_found', 'there is nothing at this address');
}

export function unverified(verdict: ReceivedVerdict): MooringError {
  const at = verdict.ok ? 'signature' : verdict.at;
  return new MooringError('notification_unverified', `the notification is not the platform’s: "${at}"`, {
    detail: { failedAt: at },
  });
}
