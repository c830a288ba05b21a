// Seals what a platform issued and saves it as the next generation, with everything that follows from it, in one transaction. Runs inside
// the closure of an exchange, so that plaintext never leaves it. By compare-and-set: a writer that comes second changes nothing.
import type { CredentialFacts } from '../domain/connection.ts';
import type { ConnectionId, TenantId } from '../domain/ids.ts';
import type { AuthMethod } from '../domain/platform.ts';
import { refreshAtMs } from '../domain/refresh-plan.ts';
import { certificateEnd } from '../egress/certificate-end.ts';
import { noteRefreshed } from '../store/connections.ts';
import { credentialBinding, type SaveOutcome, saveGeneration } from '../store/credentials.ts';
import type { Tx } from '../store/database.ts';
import { setCertificateEnd, setDeadline } from '../store/deadlines.ts';
import { forgetMarkers, resolveMarker } from '../store/refresh-markers.ts';
import type { IssuedCredential, LifecycleDeps } from './lifecycle-deps.ts';

export interface GenerationToSave {
  readonly tenantId: TenantId;
  readonly connectionId: ConnectionId;
  readonly expectedGeneration: number;
  /** the attempt this ends */
  readonly epoch: number;
  readonly issued: IssuedCredential;
  readonly method: AuthMethod;
  readonly registrationVersion: number | null;
  /** what the generation before had; null: there was none */
  readonly previous: Pick<CredentialFacts, 'lifetimeS' | 'refreshExpiresAtMs' | 'expiresAtMs'> | null;
  readonly grantedAtMs: number;
}

/** `alongside` runs in the same transaction, after the save, and not at all when the save came second. */
export async function sealAndSave(
  deps: Pick<LifecycleDeps, 'db' | 'vault' | 'nowMs'>,
  next: GenerationToSave,
  alongside: (tx: Tx, facts: CredentialFacts) => Promise<void>,
): Promise<SaveOutcome & { readonly facts: CredentialFacts }> {
  const { tenantId, connectionId, expectedGeneration, issued } = next;
  const binding = credentialBinding(tenantId, connectionId, {
    kind: issued.kind,
    generation: expectedGeneration + 1,
  });
  const sealed = await deps.vault.seal(binding, issued.parts);
  const nowMs = deps.nowMs();
  const facts = factsOf(next, nowMs);
  const outcome = await deps.db.inTenant(tenantId, async (tx) => {
    const saved = await saveGeneration(tx, {
      tenantId,
      connectionId,
      expectedGeneration,
      kind: issued.kind,
      sealed,
      expiresAtMs: facts.expiresAtMs,
      lifetimeS: facts.lifetimeS,
      refreshExpiresAtMs: facts.refreshExpiresAtMs,
      ...(next.registrationVersion === null ? {} : { registrationVersion: next.registrationVersion }),
    });
    if (saved.saved) await followUp(tx, next, facts, nowMs, alongside);
    return saved;
  });
  return { ...outcome, facts };
}

async function followUp(
  tx: Tx,
  next: GenerationToSave,
  facts: CredentialFacts,
  nowMs: number,
  alongside: (tx: Tx, facts: CredentialFacts) => Promise<void>,
): Promise<void> {
  const { tenantId, connectionId, expectedGeneration: generation } = next;
  const isAhead = next.method.renew.kind !== 'none' && next.method.renew.when === 'ahead';
  await noteRefreshed(tx, connectionId, {
    epoch: next.epoch,
    nextRefreshAtMs: isAhead ? refreshAtMs(facts, connectionId) : null,
    atMs: nowMs,
  });
  const at = new Date(nowMs);
  await resolveMarker(tx, { tenantId, connectionId, generation, epoch: next.epoch }, 'refreshed', at);
  await forgetMarkers(tx, connectionId, generation);
  if (facts.refreshExpiresAtMs !== null) {
    const ends = new Date(facts.refreshExpiresAtMs);
    await setDeadline(tx, { tenantId, subject: connectionId, kind: 'refresh_token', at: ends, note: null });
  }
  const atMs = certificateEnd(next.issued.parts);
  await setCertificateEnd(tx, { tenantId, subject: connectionId, atMs });
  await alongside(tx, facts);
}

/** A missing lifetime never means «never expires»: the platform's default, else the previous one's. */
function factsOf(next: GenerationToSave, nowMs: number): CredentialFacts {
  const { issued, method, previous } = next;
  const lifetimeS = issued.lifetimeS ?? method.defaultLifetimeS ?? previous?.lifetimeS ?? null;
  const { renew } = method;
  const refreshLifetimeS = renew.kind === 'refresh_token' ? (renew.refreshLifetimeS ?? null) : null;
  return {
    kind: issued.kind,
    expiresAtMs: issued.expiresAtMs ?? (lifetimeS === null ? null : nowMs + lifetimeS * 1000),
    lifetimeS,
    refreshExpiresAtMs:
      issued.refreshExpiresAtMs ??
      (refreshLifetimeS === null ? null : nowMs + refreshLifetimeS * 1000) ??
      previous?.refreshExpiresAtMs ??
      null,
    grantedAtMs: next.grantedAtMs,
  };
}
