// npm run openapi: writes the OpenAPI document's types for the client, from the server itself. Opens no database and no connection.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { ERRORS } from '../domain/errors.ts';
import type { HttpDeps } from '../http/deps.ts';
import { createServer } from '../http/server.ts';

const unused = (): never => {
  throw new Error('the OpenAPI document is made without calling anything');
};

const deps: HttpDeps = {
  db: {
    inTenant: unused,
    acrossTenants: unused,
    sqlInTenant: unused,
    sqlAcrossTenants: unused,
    listen: unused,
    close: unused,
  },
  vault: { seal: unused, open: unused, forget: unused },
  keyProvider: { currentId: unused, wrap: unused, unwrap: unused },
  lifecycle: {
    start: unused,
    startAndAuthorize: unused,
    authorize: unused,
    decideMove: unused,
    startInstall: unused,
    exchangeInstall: unused,
    answerRegistration: unused,
    confirmRegistration: unused,
    askTemporary: unused,
    refreshNow: unused,
    ensureFresh: unused,
    tell: unused,
    triggerSync: unused,
    ping: unused,
  },
  fleet: {
    startImport: unused,
    endReading: unused,
    startFleetRun: unused,
    tellFleetRun: unused,
    inspect: unused,
  },
  platforms: new Map(),
  settings: {
    publicUrl: 'http://127.0.0.1:3000',
    returnOrigins: [],
    browserOverride: () => undefined,
    trustedProxies: 0,
    sessionLifetimeMs: 0,
    stateLifetimeMs: 0,
    wrongKeysPerMinute: 0,
  },
  withCredential: unused,
  openPrivacyRequest: unused,
  receive: { verify: unused, values: unused, content: unused },
  checkEndpointUrl: unused,
  log: pino({ level: 'silent' }),
  nowMs: Date.now,
};

const app = await createServer(deps);
const scratch = mkdtempSync(join(tmpdir(), 'mooring-openapi-'));
const file = join(scratch, 'openapi.json');
writeFileSync(file, JSON.stringify(app.swagger()));
await app.close();
execFileSync('npx', ['openapi-typescript', file, '-o', 'client/openapi.d.ts'], { stdio: 'inherit' });
rmSync(scratch, { recursive: true });
writeFileSync('docs/errors.md', errorsPage());

/** Every code in one table, from the one table. */
function errorsPage(): string {
  const rows = Object.entries(ERRORS).map(
    ([code, { status, title, actor, retry }]) =>
      `| \`${code}\` | ${status} | ${title} | ${actor} | ${retry ? 'yes' : 'no'} |`,
  );
  return `# Errors

Made of \`domain/errors.ts\` by \`npm run openapi\`; edit that. Every error of the API is problem+json (RFC 9457) with one of these codes in \`code\`. A
code is public, and never reused. \`actor\` is who must act to get past it; «retry» says whether the same request may succeed later without
anybody changing anything (\`retryAt\` and the header Retry-After say when, where that is known).

| code | status | meaning | who acts | retry |
|---|---|---|---|---|
${rows.join('\n')}
`;
}
