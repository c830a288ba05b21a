// An import and what became of its lines. Nothing of a line's credential is in any of these.
import { z } from 'zod';
import { IMPORT_LIMITS, LINE_OUTCOMES } from '../../domain/import.ts';
import type { ImportLineRow, ImportRow } from '../../store/imports.ts';
import { iso } from './connections.ts';
import { instant, pageOf, pageQuery } from './shapes.ts';

const counts = z.object({
  total: z.int(),
  pending: z.int(),
  connected: z.int(),
  refused: z.int(),
  duplicate: z.int(),
  broken: z.int(),
});

export const importSummary = z
  .object({
    id: z.string(),
    tenantId: z
      .string()
      .nullable()
      .meta({ description: 'null: an operator brought lines of several tenants' }),
    status: z.enum(['reading', 'running', 'done']),
    counts,
    cutShort: z
      .string()
      .nullable()
      .meta({ description: 'Why the upload was not read to its end; what was read is worked all the same' }),
    requestedBy: z.string(),
    createdAt: instant,
    readAt: instant.nullable(),
    finishedAt: instant.nullable(),
  })
  .meta({ id: 'Import' });
export type ImportView = z.infer<typeof importSummary>;

export const importPage = pageOf(importSummary);

export const importLine = z
  .object({
    line: z.int().meta({ description: 'from 1' }),
    outcome: z.enum(LINE_OUTCOMES),
    code: z.string().nullable().meta({ description: 'Stable; see docs/errors.md' }),
    message: z.string().nullable(),
    tenantId: z.string().nullable(),
    platform: z.string().nullable(),
    connectionId: z.string().nullable().meta({ description: 'what it became, or what has the shop already' }),
    attempts: z.int(),
    nextTryAt: instant.nullable(),
    settledAt: instant.nullable(),
  })
  .meta({ id: 'ImportLine' });

export const importReport = importSummary.extend({ lines: pageOf(importLine) }).meta({ id: 'ImportReport' });

export const importQuery = z.strictObject({ outcome: z.enum(LINE_OUTCOMES).optional(), ...pageQuery });

export const importBody = z.unknown().meta({
  description: `NDJSON (application/x-ndjson): a line a connection, { tenantId, platform, shop, credential, permissions? }, as POST /v1/connections takes them. credential may also hold the tokens of a grant made elsewhere: accessToken, refreshToken, expiresAt, refreshExpiresAt, and kind where a platform has several. At most ${IMPORT_LIMITS.lines} lines, ${IMPORT_LIMITS.lineBytes} bytes a line, ${IMPORT_LIMITS.totalBytes} bytes in all.`,
});

export function presentImport(row: ImportRow, found: Readonly<Record<string, number>>): ImportView {
  const of = (name: (typeof LINE_OUTCOMES)[number]) => found[name] ?? 0;
  return {
    id: row.id,
    tenantId: row.tenantId,
    status: row.status === 'reading' || row.status === 'running' ? row.status : 'done',
    counts: {
      total: Object.values(found).reduce((sum, one) => sum + one, 0),
      pending: of('pending'),
      connected: of('connected'),
      refused: of('refused'),
      duplicate: of('duplicate'),
      broken: of('broken'),
    },
    cutShort: row.cutShort,
    requestedBy: row.requestedBy,
    createdAt: row.createdAt.toISOString(),
    readAt: iso(row.readAt),
    finishedAt: iso(row.finishedAt),
  };
}

export function presentImportLine(row: ImportLineRow): z.infer<typeof importLine> {
  const { line, code, message, tenantId, platform, connectionId, attempts } = row;
  const outcome = LINE_OUTCOMES.find((one) => one === row.outcome) ?? 'broken';
  return {
    line,
    outcome,
    code,
    message,
    tenantId,
    platform,
    connectionId,
    attempts,
    nextTryAt: outcome === 'pending' ? iso(row.nextTryAt) : null,
    settledAt: iso(row.settledAt),
  };
}
