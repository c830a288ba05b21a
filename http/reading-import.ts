// Reads an upload line by line: each secret is sealed before the next line is read, and rows go to the database in batches. Proves nothing:
// the import's workflow does, from what is in the rows.
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { MooringError } from '../domain/errors.ts';
import type { ImportId, TenantId } from '../domain/ids.ts';
import { IMPORT_LIMITS } from '../domain/import.ts';
import { isOneShop } from '../platforms/shop.ts';
import { addImportLines, type BrokenLine, endReading, type ReadLine } from '../store/imports.ts';
import { newId } from '../store/new-id.ts';
import { readTenant } from '../store/tenants-list.ts';
import { inScope, type Principal } from './auth.ts';
import type { HttpDeps } from './deps.ts';
import { type CheckedLine, checkLine } from './import-line.ts';
import { type Line, linesOf } from './ndjson.ts';

const BATCH = 200;

interface Reading {
  readonly importId: ImportId;
  readonly principal: Principal;
}

/** Reads to the end, or until a limit; what was read stays and is worked. Gives why the reading was cut short, or null. */
export async function readUpload(deps: HttpDeps, reading: Reading, stream: Readable): Promise<string | null> {
  const isTenant = rememberTenants(deps, reading.principal);
  let batch: Line[] = [];
  let lines = 0;
  let cutShort: string | null = null;
  try {
    for await (const line of linesOf(stream, IMPORT_LIMITS)) {
      lines += 1;
      if (lines > IMPORT_LIMITS.lines)
        throw new MooringError('too_many_lines', `an import takes ${IMPORT_LIMITS.lines} lines`);
      batch.push(line);
      if (batch.length < BATCH) continue;
      await saveBatch(deps, reading, { lines: batch, isTenant });
      batch = [];
    }
  } catch (error) {
    if (isOurs(error)) throw error;
    cutShort = error instanceof MooringError ? error.code : 'upload_broken';
  }
  await saveBatch(deps, reading, { lines: batch, isTenant });
  await inScope(deps.db, reading.principal, (tx) =>
    endReading(tx, reading.importId, cutShort, new Date(deps.nowMs())),
  );
  return cutShort;
}

/** A limit or a torn connection ends the upload; what failed on our side fails the request. */
function isOurs(error: unknown): boolean {
  if (error instanceof MooringError)
    return error.code !== 'body_too_large' && error.code !== 'too_many_lines';
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code !== 'ECONNRESET' && code !== 'ERR_STREAM_PREMATURE_CLOSE' && code !== 'ABORT_ERR';
}

type IsTenant = (id: TenantId) => Promise<boolean>;

async function saveBatch(
  deps: HttpDeps,
  { importId, principal }: Reading,
  of: { readonly lines: readonly Line[]; readonly isTenant: IsTenant },
): Promise<void> {
  const read: ReadLine[] = [];
  const broken: BrokenLine[] = [];
  for (const line of of.lines) {
    const check = checkLine(deps.platforms, principal, line);
    if (!check.ok) {
      const { code, message, platform } = check;
      broken.push({ line: line.number, tenantId: principal.tenantId, platform, code, message });
    } else if (await of.isTenant(check.line.tenantId)) {
      read.push(await sealed(deps, line.number, check.line));
    } else {
      const message = `there is no tenant "${check.line.tenantId}"`;
      broken.push({
        line: line.number,
        tenantId: principal.tenantId,
        platform: check.line.platform.id,
        code: 'not_found',
        message,
      });
    }
  }
  const { tenantId } = principal;
  if (tenantId === null)
    await deps.db.sqlAcrossTenants((sql) => addImportLines(sql, importId, { read, broken }));
  else await deps.db.sqlInTenant(tenantId, (sql) => addImportLines(sql, importId, { read, broken }));
}

async function sealed(deps: HttpDeps, number: number, line: CheckedLine): Promise<ReadLine> {
  const authorizationId = newId('authorization');
  const { tenantId, platform, shop, permissions, obtain, parts } = line;
  return {
    line: number,
    tenantId,
    platform: platform.id,
    shop,
    permissions,
    obtain,
    shopHash: isOneShop(platform, shop)
      ? hashOf(platform.id, shop)
      : hashOf(platform.id, shop, tellingOf(parts)),
    authorizationId,
    sealed: await deps.vault.seal(
      { owner: tenantId, subject: authorizationId, kind: 'authorization', generation: 0 },
      parts,
    ),
  };
}

/** What tells one credential from another, however its line is written: the grant itself where there is one, never its dates. */
function tellingOf({ expiresAt, refreshExpiresAt, ...parts }: CheckedLine['parts']): CheckedLine['parts'] {
  const { refreshToken } = parts;
  return refreshToken === undefined ? parts : { refreshToken };
}

/** Of the shop; of the credential too where the shop's fields do not tell it from every other. */
function hashOf(platform: string, ...named: readonly Readonly<Record<string, string>>[]): Uint8Array {
  const sorted = named.map((fields) => Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)));
  return createHash('sha256')
    .update(JSON.stringify([platform, ...sorted]), 'utf8')
    .digest();
}

/** Each tenant is looked up once an upload. One that is being erased takes nothing in. */
function rememberTenants(deps: HttpDeps, principal: Principal): IsTenant {
  const known = new Map<TenantId, boolean>();
  return async (id) => {
    const remembered = known.get(id);
    if (remembered !== undefined) return remembered;
    const row = await inScope(deps.db, principal, (tx) => readTenant(tx, id));
    const isThere = row !== null && row.erasingAt === null;
    known.set(id, isThere);
    return isThere;
  };
}
