// Whom a platform's request to erase or to report concerns: opened with its audit row, for the one who carries it out, and for nobody else.
import { revealed } from '../auth/context.ts';
import type { PrivacyRequestId } from '../domain/ids.ts';
import { appendAuditBySql } from '../store/audit.ts';
import type { Database } from '../store/database.ts';
import { type PrivacyRequestRow, privacyBinding, readPrivacyRequest } from '../store/privacy-requests.ts';
import type { Vault } from '../vault/index.ts';

export interface PrivacySubject {
  /** The platform's own ids. */
  readonly customer: string | null;
  readonly orders: readonly string[];
}

export interface OpenedPrivacyRequest {
  readonly row: PrivacyRequestRow;
  /** null: it was destroyed, because the request is finished. */
  readonly subject: PrivacySubject | null;
}

/** Null where there is no such request. `actor` is who opens it. Throws audit_unavailable, credential_unreadable. */
export type OpenPrivacyRequest = (
  id: PrivacyRequestId,
  actor: string,
) => Promise<OpenedPrivacyRequest | null>;

export function createOpenPrivacyRequest(deps: {
  readonly db: Database;
  readonly vault: Pick<Vault, 'open'>;
}): OpenPrivacyRequest {
  return async (id, actor) => {
    const row = await deps.db.sqlAcrossTenants(async (sql) => {
      const found = await readPrivacyRequest(sql, id);
      if (found?.sealed != null)
        await appendAuditBySql(sql, {
          tenantId: found.tenantId,
          actor,
          action: 'privacy_request.opened',
          target: id,
          ...(found.connectionId === null ? {} : { connectionId: found.connectionId }),
          outcome: 'done',
          reason: found.kind,
        });
      return found;
    });
    if (row === null) return null;
    if (row.sealed === null) return { row, subject: null };
    const parts = await deps.vault.open(privacyBinding(row.tenantId, id), row.sealed);
    return { row, subject: readSubject(revealed(parts)['subject'] ?? '{}') };
  };
}

function readSubject(text: string): PrivacySubject {
  const parsed: unknown = JSON.parse(text);
  const told: Readonly<Record<string, unknown>> =
    typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
  const orders = Array.isArray(told['orders']) ? told['orders'] : [];
  return {
    customer: typeof told['customer'] === 'string' ? told['customer'] : null,
    orders: orders.filter((one): one is string => typeof one === 'string'),
  };
}
