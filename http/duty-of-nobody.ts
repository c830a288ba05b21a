// A platform's signed request about a shop that nobody has here: done as it comes, since nothing is held. What stays is a row with a proof of 0 and its audit row;
// whom it concerned is never written. Only what a signature of our app's covers may come here: each writes rows.
import type { ClientRegistrationId } from '../domain/ids.ts';
import { appendAuditBySql } from '../store/audit.ts';
import { newId } from '../store/new-id.ts';
import { tenantOfApp } from '../store/notification-openings.ts';
import { takeNotification } from '../store/notifications.ts';
import { addRequestOfNobody, type PrivacyKind } from '../store/privacy-requests.ts';
import type { HttpDeps } from './deps.ts';

/** Erasure is due within thirty days by the strictest platform; we give ourselves three. */
export const DUE_AFTER_MS = 3 * 86_400_000;

const PROOFS = {
  erase_shop: { erased: { records: 0 } },
  erase_customer: { erased: { connections: 0, customers: 0, orders: 0 } },
  customer_data: { reported: { customers: 0, orders: 0 } },
} as const satisfies Record<PrivacyKind, object>;

/** False: the same one was noted before. */
export async function noteDutyOfNobody(
  deps: Pick<HttpDeps, 'db' | 'nowMs'>,
  of: {
    readonly registrationId: ClientRegistrationId;
    readonly platform: string;
    readonly topic: string;
    readonly kind: PrivacyKind;
  },
  dedupeKey: Uint8Array,
): Promise<boolean> {
  const { registrationId, platform, topic, kind } = of;
  return deps.db.sqlAcrossTenants(async (sql) => {
    const tenantId = await tenantOfApp(sql, registrationId);
    const isNew = await takeNotification(sql, {
      ...{ scope: { tenantId, registrationId }, dedupeKey, platform, topic },
      ...{ means: kind, objectId: null, named: null, isToBeTold: false },
    });
    if (!isNew) return false;
    const id = newId('privacyRequest');
    const proof = PROOFS[kind];
    const dueAt = new Date(deps.nowMs() + DUE_AFTER_MS);
    await addRequestOfNobody(sql, { id, tenantId, registrationId, platform, kind, topic, dueAt, proof });
    await appendAuditBySql(sql, {
      ...{ tenantId, actor: 'http', action: 'privacy_request.done', target: id },
      ...{ outcome: 'done', reason: kind, detail: { proof: JSON.stringify(proof) } },
    });
    return true;
  });
}
