// The keys that deliveries are signed with, opened with an audit row and kept for a minute: a row a delivery would say nothing more. A rotation
// gives another version, and that is opened at once.
import type { WebhookKey, WebhookKeyKind } from '../auth/standard-webhooks.ts';
import { MooringError } from '../domain/errors.ts';
import type { EndpointId, TenantId } from '../domain/ids.ts';
import type { Database } from '../store/database.ts';
import { openEndpointSecrets } from '../store/endpoint-secrets.ts';
import type { Vault } from '../vault/index.ts';

export interface EndpointKeys {
  /** Those that are not retired, the newest first. Throws credential_unreadable, key_unavailable, audit_unavailable. */
  keysOf(endpoint: {
    readonly tenantId: TenantId;
    readonly endpointId: EndpointId;
    readonly secretVersion: number;
  }): Promise<readonly WebhookKey[]>;
}

export interface EndpointKeysDeps {
  readonly db: Database;
  readonly vault: Pick<Vault, 'open'>;
  readonly nowMs: () => number;
}

const KEPT_MS = 60_000;
const KEPT = 1_000;

interface HeldKey extends WebhookKey {
  readonly retiresAtMs: number | null;
}

export function createEndpointKeys(deps: EndpointKeysDeps): EndpointKeys {
  const held = new Map<string, { readonly keys: Promise<readonly HeldKey[]>; readonly untilMs: number }>();
  return {
    keysOf: async ({ tenantId, endpointId, secretVersion }) => {
      const nowMs = deps.nowMs();
      const name = `${endpointId} ${secretVersion}`;
      let entry = held.get(name);
      if (entry === undefined || entry.untilMs <= nowMs) {
        if (held.size >= KEPT) held.clear();
        entry = { keys: open(deps, tenantId, endpointId), untilMs: nowMs + KEPT_MS };
        held.set(name, entry);
        entry.keys.catch(() => held.delete(name));
      }
      const keys = await entry.keys;
      return keys.filter(({ retiresAtMs }) => retiresAtMs === null || retiresAtMs > nowMs);
    },
  };
}

async function open(
  { db, vault }: EndpointKeysDeps,
  tenantId: TenantId,
  endpointId: EndpointId,
): Promise<readonly HeldKey[]> {
  const rows = await db.sqlInTenant(tenantId, (sql) => openEndpointSecrets(sql, { tenantId, endpointId }));
  return Promise.all(
    rows.map(async ({ kind, binding, sealed, retiresAtMs }) => {
      const { secret } = await vault.open(binding, sealed);
      if (secret === undefined)
        throw new MooringError('credential_unreadable', `a secret of "${endpointId}" holds no key`);
      return { kind: kindOf(kind), secret, retiresAtMs };
    }),
  );
}

function kindOf(text: string): WebhookKeyKind {
  if (text === 'hmac' || text === 'ed25519') return text;
  throw new MooringError('internal', `"${text}" is not a kind of key`);
}
