// What the routes of endpoints share: the row in the key's reach, a secret made and sealed, what is shown and what is audited.
import { MooringError } from '../domain/errors.ts';
import type { EndpointId, TenantId } from '../domain/ids.ts';
import { isId } from '../domain/ids.ts';
import { newWebhookKey, type WebhookKeyKind } from '../egress/index.ts';
import { appendAudit } from '../store/audit.ts';
import type { Tx } from '../store/database.ts';
import { endpointSecretBinding, listEndpointSecrets } from '../store/endpoint-secrets.ts';
import { type EndpointRow, lockEndpoint, readEndpoint } from '../store/endpoints.ts';
import { inScope, type Principal, unknown } from './auth.ts';
import type { HttpDeps } from './deps.ts';
import { presentEndpoint } from './schemas/endpoints.ts';

/** Throws not_found also where it is another tenant's. */
export async function endpointOf(deps: HttpDeps, principal: Principal, id: string): Promise<EndpointRow> {
  const row = isId('endpoint', id) ? await inScope(deps.db, principal, (tx) => readEndpoint(tx, id)) : null;
  if (row === null) throw unknown('endpoint', id);
  return row;
}

export async function lockedEndpoint(tx: Tx, id: EndpointId): Promise<EndpointRow> {
  const row = await lockEndpoint(tx, id);
  if (row === null) throw unknown('endpoint', id);
  return row;
}

export async function shownEndpoint(deps: HttpDeps, tx: Tx, id: EndpointId) {
  const row = await readEndpoint(tx, id);
  if (row === null) throw unknown('endpoint', id);
  return presentEndpoint(row, await listEndpointSecrets(tx, [id], new Date(deps.nowMs())));
}

/** A new secret, sealed for its row; `told` is for the one answer that shows it, null where a public key is shown instead. */
export async function newEndpointKey(
  deps: HttpDeps,
  of: {
    readonly tenantId: TenantId;
    readonly endpointId: EndpointId;
    readonly version: number;
    readonly kind: WebhookKeyKind;
  },
) {
  const { kind, ...rest } = of;
  const { secret, publicKey } = newWebhookKey(kind);
  const binding = endpointSecretBinding(of.tenantId, of.endpointId, of.version);
  const sealed = await deps.vault.seal(binding, { secret });
  return { row: { ...rest, kind, publicKey, sealed }, told: publicKey === null ? secret : null };
}

export function assertEnabled({ id, status }: Pick<EndpointRow, 'id' | 'status'>): void {
  if (status !== 'enabled') throw new MooringError('endpoint_disabled', `the endpoint "${id}" is disabled`);
}

export function auditEndpoint(
  tx: Tx,
  entry: { tenantId: TenantId; actor: string; action: string; id: string; reason: string },
): Promise<unknown> {
  const { id, ...rest } = entry;
  return appendAudit(tx, { ...rest, target: id, outcome: 'done' });
}
