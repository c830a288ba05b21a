// Existing connections brought along: an upload whose lines are sealed as they are read, and the report of what became of each. The proof is
// durable work of the import's own workflow; this route never waits for it.
import { Readable } from 'node:stream';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { MooringError } from '../../domain/errors.ts';
import { type ImportId, isId } from '../../domain/ids.ts';
import { IMPORT_LIMITS } from '../../domain/import.ts';
import { appendAudit } from '../../store/audit.ts';
import {
  countImportLines,
  createImport,
  type ImportRow,
  listImportLines,
  listImports,
  readImport,
} from '../../store/imports.ts';
import { newId } from '../../store/new-id.ts';
import { actorOf, inScope, type Principal, principalOf, unknown } from '../auth.ts';
import { readCursor, readOrdinalCursor, toPage } from '../cursor.ts';
import type { HttpDeps } from '../deps.ts';
import { readUpload } from '../reading-import.ts';
import {
  importBody,
  importPage,
  importQuery,
  importReport,
  importSummary,
  presentImport,
  presentImportLine,
} from '../schemas/imports.ts';
import { idInPath, pageQuery } from '../schemas/shapes.ts';

const NDJSON = 'application/x-ndjson';

export const importRoutes =
  (deps: HttpDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser(NDJSON, (_request, payload, done) => done(null, payload));
    app.addContentTypeParser('*', (_request, _payload, done) => done(otherType()));

    app.post(
      '/v1/imports',
      {
        // The upload is read as it comes, and a line that was brought before is a duplicate by itself.
        config: { access: 'admin', idempotent: false },
        schema: {
          tags: ['Fleet'],
          summary: 'Bring existing connections',
          description:
            'Each secret is sealed as its line is read; proving follows durably and throttled. Sending the same file again doubles nothing.',
          consumes: [NDJSON],
          body: importBody,
          response: { 202: importSummary },
        },
      },
      async (request, reply) => {
        const stream = request.body;
        if (!(stream instanceof Readable)) throw otherType();
        if (Number(request.headers['content-length'] ?? 0) > IMPORT_LIMITS.totalBytes)
          throw new MooringError('body_too_large', `an upload takes ${IMPORT_LIMITS.totalBytes} bytes`);
        const principal = principalOf(request);
        const id = await begin(deps, principal, { actor: actorOf(request), reason: request.id });
        const cutShort = await readUpload(deps, { importId: id, principal }, stream);
        await deps.fleet.endReading(id);
        if (cutShort === 'body_too_large' || cutShort === 'too_many_lines') throw tooLarge(cutShort, id);
        return reply
          .code(202)
          .header('location', `/v1/imports/${id}`)
          .send(await present(deps, principal, await importOf(deps, principal, id)));
      },
    );

    app.get(
      '/v1/imports',
      {
        config: { access: 'admin' },
        schema: {
          tags: ['Fleet'],
          summary: 'Imports, newest first',
          querystring: z.strictObject(pageQuery),
          response: { 200: importPage },
        },
      },
      async (request) => {
        const principal = principalOf(request);
        const { cursor, limit } = request.query;
        const subject = { of: 'imports', tenant: principal.tenantId ?? '*' };
        const after = readCursor(subject, cursor);
        const rows = await inScope(deps.db, principal, async (tx) => {
          const found = await listImports(tx, { after, limit: limit + 1 });
          const views = [];
          for (const row of found) views.push(presentImport(row, await countImportLines(tx, row.id)));
          return views;
        });
        return toPage(rows, { limit, subject, position: (row) => row.id, view: (row) => row });
      },
    );

    app.get(
      '/v1/imports/:id',
      {
        config: { access: 'admin' },
        schema: {
          tags: ['Fleet'],
          summary: 'How an import goes, and what became of its lines',
          params: z.strictObject({ id: idInPath('import') }),
          querystring: importQuery,
          response: { 200: importReport },
        },
      },
      async (request) => {
        const principal = principalOf(request);
        const row = await importOf(deps, principal, request.params.id);
        const { cursor, limit, outcome } = request.query;
        const subject = { of: `import ${row.id} ${outcome ?? ''}`, tenant: principal.tenantId ?? '*' };
        const after = readOrdinalCursor(subject, cursor);
        const lines = await inScope(deps.db, principal, (tx) =>
          listImportLines(tx, row.id, { after, limit: limit + 1, outcome }),
        );
        return {
          ...(await present(deps, principal, row)),
          lines: toPage(lines, {
            limit,
            subject,
            position: (one) => String(one.line),
            view: presentImportLine,
          }),
        };
      },
    );
  };

function otherType(): MooringError {
  return new MooringError('unsupported_media_type', `the body must be ${NDJSON}`);
}

/** The workflow stands before anything is written: whatever ends the reader, somebody looks after what it read. */
async function begin(
  deps: HttpDeps,
  principal: Principal,
  by: { readonly actor: string; readonly reason: string },
): Promise<ImportId> {
  const id = newId('import');
  await deps.fleet.startImport(id);
  await inScope(deps.db, principal, async (tx) => {
    await createImport(tx, { id, tenantId: principal.tenantId, requestedBy: by.actor });
    await appendAudit(tx, {
      tenantId: principal.tenantId,
      actor: by.actor,
      action: 'import.started',
      target: id,
      outcome: 'done',
      reason: by.reason,
    });
  });
  return id;
}

async function importOf(deps: HttpDeps, principal: Principal, id: string): Promise<ImportRow> {
  const row = isId('import', id) ? await inScope(deps.db, principal, (tx) => readImport(tx, id)) : null;
  if (row === null) throw unknown('import', id);
  return row;
}

async function present(deps: HttpDeps, principal: Principal, row: ImportRow) {
  return presentImport(row, await inScope(deps.db, principal, (tx) => countImportLines(tx, row.id)));
}

function tooLarge(code: 'body_too_large' | 'too_many_lines', id: ImportId): MooringError {
  const rule =
    code === 'body_too_large' ? `${IMPORT_LIMITS.totalBytes} bytes` : `${IMPORT_LIMITS.lines} lines`;
  return new MooringError(
    code,
    `the import "${id}" holds what was read up to ${rule}; the rest was not read`,
    {
      detail: { importId: id },
    },
  );
}
