// A stretch of an import: proves lines by the real path, each through its own connection's workflow, and settles them. Safe to run twice at
// any point: a line's authorization has one id for ever, so that a second run finds what the first one began, or its outcome.
import { ERRORS, type ErrorCode, MooringError } from '../domain/errors.ts';
import {
  type AuthorizationId,
  type ConnectionId,
  type Id,
  type IdKind,
  type ImportId,
  isId,
  type TenantId,
} from '../domain/ids.ts';
import { judgeLine, type LineFailure, SILENT_AFTER_MS } from '../domain/import.ts';
import type { Platform } from '../domain/platform.ts';
import { PERMISSIONS } from '../domain/resource.ts';
import { isOneShop } from '../platforms/shop.ts';
import { type AuthorizationRow, findAuthorization, insertAuthorization } from '../store/authorizations.ts';
import type { Tx } from '../store/database.ts';
import {
  endReading,
  findConnectionOfLine,
  findConnectionOfShop,
  finishImport as finish,
  type ImportLineRow,
  listDueLines,
  postponeLine,
  readImport,
  readWaiting,
  settleLine,
} from '../store/imports.ts';
import { insertNewConnection } from '../store/new-connection.ts';
import type { AuthorizeOutcome } from '../workflows/messages.ts';
import type { FleetActivities, ImportRef } from './fleet-contract.ts';
import type { FleetDeps } from './fleet-deps.ts';
import { paced } from './paced.ts';

/** The workflow sees progress, and a deploy its turn, this often. */
const STRETCH_MS = 20_000;
const PAGE = 50;
/** A proof that has not begun within this is another try's. */
const PROOF_LIFETIME_MS = 5 * 60_000;

export const isImportRead =
  (deps: Pick<FleetDeps, 'db' | 'nowMs'>): FleetActivities['isImportRead'] =>
  ({ importId }) =>
    deps.db.acrossTenants(async (tx) => {
      const row = await readImport(tx, importId);
      if (row === null || row.status !== 'reading') return true;
      const nowMs = deps.nowMs();
      if (row.touchedAt.getTime() + SILENT_AFTER_MS > nowMs) return false;
      await endReading(tx, importId, 'upload_broken', new Date(nowMs));
      return true;
    });

export const finishImport =
  (deps: Pick<FleetDeps, 'db' | 'nowMs'>): FleetActivities['finishImport'] =>
  ({ importId }) =>
    deps.db.acrossTenants((tx) => finish(tx, importId, new Date(deps.nowMs())));

export const importLines =
  (deps: FleetDeps): FleetActivities['importLines'] =>
  async ({ importId }) => {
    const startedMs = deps.nowMs();
    const options = { pace: deps.importPace, untilMs: startedMs + STRETCH_MS, nowMs: deps.nowMs };
    const settled = await paced(dueLines(deps, { importId }), options, (line) =>
      workLine(deps, importId, line),
    );
    return { settled, ...(await deps.db.acrossTenants((tx) => readWaiting(tx, importId))) };
  };

async function* dueLines(deps: FleetDeps, { importId }: ImportRef): AsyncGenerator<ImportLineRow> {
  for (let after = 0; ; ) {
    const now = new Date(deps.nowMs());
    const page = await deps.db.acrossTenants((tx) => listDueLines(tx, importId, { after, limit: PAGE, now }));
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last.line;
  }
}

type Proof =
  | { readonly outcome: 'connected'; readonly connectionId: ConnectionId }
  | { readonly outcome: 'duplicate'; readonly connectionId: ConnectionId | null }
  | { readonly outcome: 'failed'; readonly failure: LineFailure };

async function workLine(deps: FleetDeps, importId: ImportId, line: ImportLineRow): Promise<void> {
  const tenantId = idOf('tenant', line.tenantId);
  const proof = await prove(deps, importId, { line, tenantId }).catch((error: unknown): Proof => {
    if (!(error instanceof MooringError)) deps.log('importLines', error);
    return { outcome: 'failed', failure: failureOf(error) };
  });
  const nowMs = deps.nowMs();
  const at = new Date(nowMs);
  await deps.db.inTenant(tenantId, async (tx) => {
    if (proof.outcome === 'failed') {
      const verdict = judgeLine(proof.failure, line.attempts + 1, nowMs);
      if (verdict.outcome === 'pending')
        return postponeLine(tx, importId, line.line, new Date(verdict.nextTryAtMs));
      return settleLine(tx, importId, line.line, { ...verdict, connectionId: null, at });
    }
    const { outcome, connectionId } = proof;
    const code = outcome === 'duplicate' ? 'shop_already_connected' : null;
    const message = outcome === 'duplicate' ? 'the shop is connected already' : null;
    return settleLine(tx, importId, line.line, { outcome, code, message, connectionId, at });
  });
}

interface Work {
  readonly line: ImportLineRow;
  readonly tenantId: TenantId;
}

async function prove(deps: FleetDeps, importId: ImportId, { line, tenantId }: Work): Promise<Proof> {
  const authorizationId = idOf('authorization', line.authorizationId);
  const begun = await deps.db.inTenant(tenantId, async (tx): Promise<Proof | ConnectionId> => {
    const known = await findAuthorization(tx, authorizationId);
    if (known !== null && known.settledAt !== null) return settledBefore(known);
    if (known !== null) {
      await extend(tx, authorizationId, deps.nowMs());
      return idOf('connection', known.connectionId);
    }
    return begin(deps, tx, { importId, line, tenantId, authorizationId });
  });
  if (typeof begun !== 'string') return begun;
  const outcome = await deps.connections.authorizeNew({ tenantId, connectionId: begun }, authorizationId);
  return proofOf(outcome, begun);
}

/** A run before this one got so far, and no further. */
function settledBefore(known: AuthorizationRow): Proof {
  if (known.status === 'authorized')
    return { outcome: 'connected', connectionId: idOf('connection', known.connectionId) };
  const code = isCode(known.refusal) ? known.refusal : 'worker_unavailable';
  return {
    outcome: 'failed',
    failure: { code, message: known.refusalDetail ?? 'the proof was not finished' },
  };
}

function isCode(text: string | null): text is ErrorCode {
  return text !== null && Object.hasOwn(ERRORS, text);
}

async function begin(
  deps: FleetDeps,
  tx: Tx,
  of: Work & { readonly importId: ImportId; readonly authorizationId: AuthorizationId },
): Promise<Proof | ConnectionId> {
  const { line, tenantId, authorizationId, importId } = of;
  const platform = platformOf(deps, line.platform);
  const shop = textsOf(line.shop);
  const existing = isOneShop(platform, shop)
    ? await findConnectionOfShop(tx, { tenantId, platform: platform.id, shop })
    : await findConnectionOfLine(tx, { tenantId, shopHash: line.shopHash });
  if (existing !== null) return { outcome: 'duplicate', connectionId: idOf('connection', existing) };
  const connectionId = await insertNewConnection(tx, {
    tenantId,
    platform,
    shop,
    permissions: PERMISSIONS.filter((one) => line.permissions.includes(one)),
    actor: importId,
    reason: `line ${line.line}`,
  });
  await insertAuthorization(tx, {
    id: authorizationId,
    tenantId,
    connectionId,
    sessionId: null,
    platform: platform.id,
    obtain: line.obtain ?? '',
    stateHash: null,
    browserHash: null,
    sealed: line.sealed === null ? null : Uint8Array.from(line.sealed),
    keyVersion: line.keyVersion,
    redirectUri: null,
    expiresAt: new Date(deps.nowMs() + PROOF_LIFETIME_MS),
  });
  return connectionId;
}

async function extend(tx: Tx, id: AuthorizationId, nowMs: number): Promise<void> {
  await tx.authorization.updateMany({
    where: { id, settledAt: null },
    data: { expiresAt: new Date(nowMs + PROOF_LIFETIME_MS) },
  });
}

function proofOf(outcome: AuthorizeOutcome, connectionId: ConnectionId): Proof {
  switch (outcome.outcome) {
    case 'authorized':
      return { outcome: 'connected', connectionId };
    case 'refused':
      if (outcome.code === 'shop_already_connected') return { outcome: 'duplicate', connectionId: null };
      return { outcome: 'failed', failure: { code: outcome.code, message: outcome.message } };
    case 'move_proposed':
    case 'move_ended':
      // A new connection has no former address to move from.
      return { outcome: 'failed', failure: { code: 'internal', message: 'the proof ended unexpectedly' } };
  }
}

function failureOf(error: unknown): LineFailure {
  if (error instanceof MooringError)
    return { code: error.code, message: error.message, retryAtMs: error.retryAtMs };
  return { code: 'internal', message: 'the line failed on our side' };
}

function platformOf(deps: FleetDeps, id: string | null): Platform {
  const platform = deps.platforms.get(id ?? '');
  if (platform === undefined) throw new MooringError('unknown_platform', `there is no platform "${id}"`);
  return platform;
}

function textsOf(json: unknown): Record<string, string> {
  const texts = Object.entries(typeof json === 'object' && json !== null ? json : {});
  return Object.fromEntries(
    texts.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : [])),
  );
}

function idOf<K extends IdKind>(kind: K, text: string | null): Id<K> {
  if (text === null || !isId(kind, text))
    throw new MooringError('internal', `a row of an import holds no id of ${kind}`);
  return text;
}
