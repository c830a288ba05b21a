// The dates that a platform's data knows of, as rules over connections: versions that end, kinds of credential that are given up, approvals
// and secrets that must be renewed. Pure; which connections they touch is the store's to say.
import type { Platform } from '../domain/platform.ts';

export interface CalendarRule {
  readonly platform: string;
  readonly kind: string;
  readonly subject: string;
  readonly note: string;
  /** a date for all, or */
  readonly at: string | null;
  /** seconds after the connection's approval, the credential's issue, or the client secret's */
  readonly afterS: number | null;
  /** only connections whose credential is of this kind */
  readonly credentialKind: string | null;
}

/** Kinds that begin with something we know the instant of; a refresh token's end is in its own row. */
const COUNTED: ReadonlySet<string> = new Set(['consent', 'credential', 'client_secret']);

export function calendarRules(platforms: Iterable<Platform>): readonly CalendarRule[] {
  return [...platforms].flatMap((platform) => {
    const { id, apiVersion } = platform;
    const rule = { platform: id, at: null, afterS: null, credentialKind: null };
    const versions = [
      { endpoint: null, version: apiVersion.name, sunset: apiVersion.sunset, note: undefined },
      ...(platform.endpoints ?? []),
    ].flatMap(({ endpoint, version, sunset, note }) =>
      sunset === null
        ? []
        : [
            {
              ...rule,
              kind: 'api_version',
              subject: `${id}/${endpoint ?? version}`,
              at: sunset,
              note: note ?? `version "${version}" ends`,
            },
          ],
    );
    const upgrades = platform.auth.flatMap(({ credentialKind, upgrade }) =>
      upgrade === undefined || upgrade.deadline === null
        ? []
        : [
            {
              ...rule,
              kind: 'credential_upgrade',
              subject: `${id}/${credentialKind}`,
              at: upgrade.deadline,
              credentialKind,
              note: upgrade.note,
            },
          ],
    );
    const counted = (platform.deadlines ?? []).flatMap(({ kind, afterS, note }) =>
      COUNTED.has(kind) ? [{ ...rule, kind, subject: '', afterS, note }] : [],
    );
    return [...versions, ...upgrades, ...counted];
  });
}
