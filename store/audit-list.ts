// Reads of the audit trail for the API, newest first. Never writes.
import type { Tx } from './database.ts';
import type { AuditEvent } from './generated/client.ts';
import type { PageAfter } from './page-after.ts';

export type AuditListRow = AuditEvent;

/** `after` is the decimal text of a sequence number. */
export async function listAudit(
  tx: Tx,
  page: PageAfter & {
    tenantId?: string | undefined;
    connectionId?: string | undefined;
    action?: string | undefined;
  },
): Promise<AuditListRow[]> {
  return tx.auditEvent.findMany({
    where: {
      ...(page.after === null ? {} : { seq: { lt: BigInt(page.after) } }),
      ...(page.tenantId === undefined ? {} : { tenantId: page.tenantId }),
      ...(page.connectionId === undefined ? {} : { connectionId: page.connectionId }),
      ...(page.action === undefined ? {} : { action: page.action }),
    },
    orderBy: { seq: 'desc' },
    take: page.limit,
  });
}
