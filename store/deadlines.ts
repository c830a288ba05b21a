// Dates on which something ends: a refresh token, a client secret, a consent, an API version. The calendar shows them.
import type { TenantId } from '../domain/ids.ts';
import type { Tx } from './database.ts';

export type DeadlineKind = 'refresh_token' | 'client_secret' | 'certificate' | 'consent' | 'api_version';

export interface NewDeadline {
  readonly tenantId: TenantId | null;
  /** Id of the connection or registration it is about. */
  readonly subject: string;
  readonly kind: DeadlineKind;
  readonly at: Date;
  readonly note: string | null;
}

/** Sets the one deadline of this kind for the subject. */
export async function setDeadline(tx: Tx, deadline: NewDeadline): Promise<void> {
  const { subject, kind, tenantId, at, note } = deadline;
  await tx.deadline.upsert({
    where: { subject_kind: { subject, kind } },
    create: { subject, kind, tenantId, at, note },
    update: { at, note },
  });
}

export async function removeDeadlines(tx: Tx, subject: string): Promise<void> {
  await tx.deadline.deleteMany({ where: { subject } });
}

/** The certificate that a connection or a registration holds now; null where it holds none any more. */
export async function setCertificateEnd(
  tx: Tx,
  of: { readonly tenantId: TenantId | null; readonly subject: string; readonly atMs: number | null },
): Promise<void> {
  const { subject, tenantId, atMs } = of;
  const kind = 'certificate';
  if (atMs === null) await tx.deadline.deleteMany({ where: { subject, kind } });
  else await setDeadline(tx, { subject, kind, tenantId, at: new Date(atMs), note: null });
}
