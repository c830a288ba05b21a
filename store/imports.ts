// Imports and their lines. A line's secret is sealed before it comes here, is bound to its own authorization, and is dropped when the
// line is settled. Never says whether a credential is good: the connection's workflow does.

import type { AuthorizationId, ConnectionId, ImportId, TenantId } from '../domain/ids.ts';
import type { LineOutcome } from '../domain/import.ts';
import type { Permission } from '../domain/resource.ts';
import type { Sealed } from '../domain/sealing.ts';
import type { Sql, Tx } from './database.ts';
import type { Import, ImportLine } from './generated/client.ts';
import type { PageAfter } from './page-after.ts';
import { rowId } from './row-ids.ts';

export type ImportRow = Import;
export type ImportLineRow = ImportLine;

export async function createImport(
  tx: Tx,
  row: { readonly id: ImportId; readonly tenantId: TenantId | null; readonly requestedBy: string },
): Promise<void> {
  await tx.import.create({ data: row });
}

/** A line that can be worked. */
export interface ReadLine {
  readonly line: number;
  readonly tenantId: TenantId;
  readonly platform: string;
  readonly shop: Readonly<Record<string, string>>;
  readonly permissions: readonly Permission[];
  readonly obtain: string;
  readonly shopHash: Uint8Array;
  readonly authorizationId: AuthorizationId;
  readonly sealed: Sealed;
}

/** A line that cannot. */
export interface BrokenLine {
  readonly line: number;
  readonly tenantId: TenantId | null;
  readonly platform: string | null;
  readonly code: string;
  readonly message: string;
}

const DUPLICATE = 'another line that still waits is for the same shop';

/** Adds lines in one statement a kind. Of lines for one shop the first stays pending, over all imports; the others are duplicates. */
export async function addImportLines(
  sql: Sql,
  importId: ImportId,
  lines: { readonly read: readonly ReadLine[]; readonly broken: readonly BrokenLine[] },
): Promise<void> {
  const added = await insertPending(sql, importId, lines.read);
  const duplicates = lines.read
    .filter(({ line }) => !added.has(line))
    .map(({ line, tenantId, platform }) => ({
      line,
      tenantId,
      platform,
      code: 'duplicate_line',
      message: DUPLICATE,
    }));
  await insertSettled(sql, importId, 'duplicate', duplicates);
  await insertSettled(sql, importId, 'broken', lines.broken);
  await sql.query('UPDATE imports SET touched_at = now() WHERE id = $1', [importId]);
}

async function insertPending(
  sql: Sql,
  importId: ImportId,
  lines: readonly ReadLine[],
): Promise<ReadonlySet<number>> {
  if (lines.length === 0) return new Set();
  const rows = lines.map(({ shopHash, sealed, ...line }) => ({
    ...line,
    shopHash: Buffer.from(shopHash).toString('hex'),
    sealed: Buffer.from(sealed.bytes).toString('hex'),
    keyVersion: sealed.keyVersion,
  }));
  const { rows: added } = await sql.query<{ line: number }>(
    `INSERT INTO import_lines (import_id, line, tenant_id, platform, shop, permissions, obtain, shop_hash, authorization_id, sealed, key_version)
     SELECT $1, l.line, l."tenantId", l.platform, l.shop, ARRAY(SELECT jsonb_array_elements_text(l.permissions)), l.obtain,
       decode(l."shopHash", 'hex'), l."authorizationId", decode(l.sealed, 'hex'), l."keyVersion"
     FROM jsonb_to_recordset($2::jsonb) AS l(line int, "tenantId" text, platform text, shop jsonb, permissions jsonb, obtain text,
       "shopHash" text, "authorizationId" text, sealed text, "keyVersion" int)
     ORDER BY l.line ON CONFLICT DO NOTHING RETURNING line`,
    [importId, JSON.stringify(rows)],
  );
  return new Set(added.map(({ line }) => line));
}

async function insertSettled(
  sql: Sql,
  importId: ImportId,
  outcome: LineOutcome,
  lines: readonly BrokenLine[],
): Promise<void> {
  if (lines.length === 0) return;
  await sql.query(
    `INSERT INTO import_lines (import_id, line, tenant_id, platform, outcome, code, message, settled_at)
     SELECT $1, l.line, l."tenantId", l.platform, $2, l.code, l.message, now()
     FROM jsonb_to_recordset($3::jsonb) AS l(line int, "tenantId" text, platform text, code text, message text)
     ON CONFLICT DO NOTHING`,
    [importId, outcome, JSON.stringify(lines)],
  );
}

/** Ends the reading; the first end stays. `cutShort` says why not everything was read. */
export async function endReading(tx: Tx, id: ImportId, cutShort: string | null, at: Date): Promise<void> {
  await tx.import.updateMany({
    where: { id, status: 'reading' },
    data: { status: 'running', cutShort, readAt: at },
  });
}

export async function finishImport(tx: Tx, id: ImportId, at: Date): Promise<void> {
  await tx.import.updateMany({
    where: { id, status: { not: 'done' } },
    data: { status: 'done', finishedAt: at },
  });
}

export async function readImport(tx: Tx, id: string): Promise<ImportRow | null> {
  return tx.import.findUnique({ where: { id } });
}

export async function listImports(tx: Tx, page: PageAfter): Promise<ImportRow[]> {
  return tx.import.findMany({
    where: page.after === null ? {} : { id: { lt: page.after } },
    orderBy: { id: 'desc' },
    take: page.limit,
  });
}

/** Those that somebody still has to end. */
export async function listOpenImports(tx: Tx): Promise<ImportId[]> {
  const rows = await tx.import.findMany({
    where: { status: { not: 'done' } },
    orderBy: { id: 'asc' },
    select: { id: true },
  });
  return rows.map(({ id }) => rowId('import', id));
}

export async function countImportLines(tx: Tx, importId: string): Promise<Record<string, number>> {
  const rows = await tx.importLine.groupBy({ by: ['outcome'], where: { importId }, _count: { _all: true } });
  return Object.fromEntries(rows.map((row) => [row.outcome, row._count._all]));
}

export async function listImportLines(
  tx: Tx,
  importId: string,
  page: { readonly after: number; readonly limit: number; readonly outcome?: LineOutcome | undefined },
): Promise<ImportLineRow[]> {
  return tx.importLine.findMany({
    where: {
      importId,
      line: { gt: page.after },
      ...(page.outcome === undefined ? {} : { outcome: page.outcome }),
    },
    orderBy: { line: 'asc' },
    take: page.limit,
  });
}

/** Lines that wait and are due, in their order. */
export async function listDueLines(
  tx: Tx,
  importId: ImportId,
  page: { readonly after: number; readonly limit: number; readonly now: Date },
): Promise<ImportLineRow[]> {
  return tx.importLine.findMany({
    where: {
      importId,
      outcome: 'pending',
      line: { gt: page.after },
      OR: [{ nextTryAt: null }, { nextTryAt: { lte: page.now } }],
    },
    orderBy: { line: 'asc' },
    take: page.limit,
  });
}

/** How many lines still wait, and when the next of them may be tried; null: one may be now. */
export async function readWaiting(
  tx: Tx,
  importId: ImportId,
): Promise<{ readonly left: number; readonly nextTryAtMs: number | null }> {
  const where = { importId, outcome: 'pending' };
  const found = await tx.importLine.aggregate({ where, _count: { _all: true }, _min: { nextTryAt: true } });
  const fresh = await tx.importLine.count({ where: { ...where, nextTryAt: null } });
  return {
    left: found._count._all,
    nextTryAtMs: fresh > 0 ? null : (found._min.nextTryAt?.getTime() ?? null),
  };
}

export interface SettledLine {
  readonly outcome: Exclude<LineOutcome, 'pending'>;
  readonly code: string | null;
  readonly message: string | null;
  readonly connectionId: ConnectionId | null;
  readonly at: Date;
}

/** Settles a line once, and drops what it sealed. */
export async function settleLine(
  tx: Tx,
  importId: ImportId,
  line: number,
  settled: SettledLine,
): Promise<void> {
  const { at, ...rest } = settled;
  await tx.importLine.updateMany({
    where: { importId, line, outcome: 'pending' },
    data: { ...rest, settledAt: at, sealed: null, keyVersion: null, attempts: { increment: 1 } },
  });
}

export async function postponeLine(tx: Tx, importId: ImportId, line: number, nextTryAt: Date): Promise<void> {
  await tx.importLine.updateMany({
    where: { importId, line, outcome: 'pending' },
    data: { nextTryAt, attempts: { increment: 1 } },
  });
}

/** What a proof had to renew replaces what the line brought, so that another try begins with what is alive. */
export async function replaceSealed(tx: Tx, authorizationId: AuthorizationId, sealed: Sealed): Promise<void> {
  const data = { sealed: Uint8Array.from(sealed.bytes), keyVersion: sealed.keyVersion };
  await tx.authorization.updateMany({ where: { id: authorizationId, settledAt: null }, data });
  await tx.importLine.updateMany({ where: { authorizationId, outcome: 'pending' }, data });
}

/** The connection of this tenant that has the shop and lives; null: there is none. One that was never approved claims nothing. */
export async function findConnectionOfShop(
  tx: Tx,
  of: {
    readonly tenantId: TenantId;
    readonly platform: string;
    readonly shop: Readonly<Record<string, string>>;
  },
): Promise<string | null> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM connections WHERE tenant_id = ${of.tenantId} AND platform = ${of.platform}
      AND shop @> ${JSON.stringify(of.shop)}::jsonb AND generation > 0 AND lifecycle NOT IN ('revoked', 'abandoned')
    ORDER BY id LIMIT 1`;
  return rows[0]?.id ?? null;
}

/** The connection of this tenant that lives and that such a line became before: for shops that only their credential tells apart. */
export async function findConnectionOfLine(
  tx: Tx,
  of: { readonly tenantId: TenantId; readonly shopHash: Uint8Array | null },
): Promise<string | null> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT c.id FROM import_lines AS l JOIN connections AS c ON c.id = l.connection_id
    WHERE l.tenant_id = ${of.tenantId} AND l.shop_hash = ${of.shopHash} AND l.outcome = 'connected'
      AND c.generation > 0 AND c.lifecycle NOT IN ('revoked', 'abandoned')
    ORDER BY c.id LIMIT 1`;
  return rows[0]?.id ?? null;
}
