// The audit trail: rows are added in the transaction of what they tell of, and never changed. A row that cannot be written stops
// what it was to tell of (`audit_unavailable`). Details hold ids, counts and reasons; never a secret.
import { MooringError } from '../domain/errors.ts';
import type { AuditId, ConnectionId, TenantId } from '../domain/ids.ts';
import type { Sql, Tx } from './database.ts';
import { newId } from './new-id.ts';
import { toStoreError } from './store-error.ts';

export interface AuditEntry {
  /** Decided before, where the same wish may come again; default: a new one. */
  readonly id?: AuditId;
  /** null: done to the installation. */
  readonly tenantId: TenantId | null;
  /** Who: an API key's id, "merchant", "worker", a platform's id. */
  readonly actor: string;
  /** What, past tense: "credential.opened". */
  readonly action: string;
  /** The id of what it was done to. */
  readonly target: string;
  readonly connectionId?: ConnectionId;
  readonly outcome: 'done' | 'refused' | 'failed';
  /** The run, request or activity it was done for. */
  readonly reason: string;
  readonly detail?: Readonly<Record<string, string | number | boolean | null | readonly string[]>>;
}

/** Adds one row in this transaction. */
export async function appendAudit(tx: Tx, entry: AuditEntry): Promise<AuditId> {
  const id = entry.id ?? newId('audit');
  await orUnavailable(
    tx.auditEvent.create({
      data: {
        id,
        tenantId: entry.tenantId,
        actor: entry.actor,
        action: entry.action,
        target: entry.target,
        connectionId: entry.connectionId ?? null,
        outcome: entry.outcome,
        reason: entry.reason,
        detail: { ...entry.detail },
      },
      select: { id: true },
    }),
  );
  return id;
}

/** Whether what this row tells of was done. */
export async function hasAudit(tx: Tx, id: AuditId): Promise<boolean> {
  return (await tx.auditEvent.count({ where: { id } })) > 0;
}

/** The same on a plain connection. */
export async function appendAuditBySql(sql: Sql, entry: AuditEntry): Promise<AuditId> {
  const id = newId('audit');
  await orUnavailable(
    sql.query({
      name: 'append-audit',
      text: `INSERT INTO audit_events (id, tenant_id, actor, action, target, connection_id, outcome, reason, detail)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      values: [
        id,
        entry.tenantId,
        entry.actor,
        entry.action,
        entry.target,
        entry.connectionId ?? null,
        entry.outcome,
        entry.reason,
        JSON.stringify(entry.detail ?? {}),
      ],
    }),
  );
  return id;
}

async function orUnavailable(writing: Promise<unknown>): Promise<void> {
  try {
    await writing;
  } catch (error) {
    const cause = toStoreError(error);
    if (cause instanceof MooringError) throw cause;
    throw new MooringError('audit_unavailable', 'the table "audit_events" cannot be written', { cause });
  }
}
