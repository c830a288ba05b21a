import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantId } from '../../domain/ids.ts';
import { newId } from '../../store/new-id.ts';
import { startApi, type TestApi } from '../http/api.ts';

let api: TestApi;
let url: string;
let tenantId: TenantId;

beforeAll(async () => {
  api = await startApi();
  url = await api.app.listen({ port: 0, host: '127.0.0.1' });
  tenantId = await api.tenant();
});
afterAll(() => api.close());

function mooring(
  args: readonly string[],
  env: Record<string, string | undefined> = {},
): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['cli/mooring.mjs', ...args],
      {
        env: { PATH: process.env['PATH'] ?? '', MOORING_URL: url, MOORING_KEY: api.operatorKey, ...env },
        timeout: 30_000,
      },
      (_error, out, err) => resolve({ code: child.exitCode ?? -1, out, err }),
    );
    child.stdin?.end();
  });
}

describe('the command line', { timeout: 60_000 }, () => {
  it('finds the local stack in the folder that MOORING_FOLDER names', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mooring-folder-'));
    try {
      const stack = { apiUrl: url, apiKey: api.operatorKey };
      await writeFile(join(folder, 'local.json'), JSON.stringify(stack));
      const env = { MOORING_FOLDER: folder, MOORING_URL: undefined, MOORING_KEY: undefined };
      const { code, err } = await mooring(['connections'], env);
      expect([code, err]).toEqual([0, '']);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('plans work on many connections at the pace it is told, and starts nothing where there is nothing', async () => {
    const empty = await api.tenant('Nothing to do');
    const wish = ['api_version', '--platform', 'cedar', '--tenant', empty, '--concurrency', '2'];
    const planned = await mooring(['fleet', 'plan', ...wish, '--json']);
    expect(JSON.parse(planned.out), planned.err).toMatchObject({
      options: { concurrency: 2 },
      counts: { pending: 0 },
    });
    const started = await mooring(['fleet', 'start', ...wish]);
    expect([started.code, started.out]).toEqual([0, '']);
    expect(started.err).toContain('0 connections would be worked, 0 left alone. There is nothing to start.');
  });

  it('connects by a pasted credential that is never an argument, lists it, and shows why it is as it is', async () => {
    const made = await mooring(
      [
        'connect',
        '--tenant',
        tenantId,
        '--platform',
        'cedar',
        '--shop',
        'url=https://cli.example',
        '--credential',
        'apiKey',
        '--json',
      ],
      { MOORING_CREDENTIAL_API_KEY: 'sk_abcd1234' },
    );
    expect(made.code, made.err).toBe(0);
    const { id } = JSON.parse(made.out);
    const listed = await mooring(['connections', 'list', '--tenant', tenantId]);
    expect(listed.out).toContain(id);
    const why = await mooring(['connections', 'diagnosis', id]);
    expect(why.out).toContain('The merchant has not approved yet.');
    const asArgument = await mooring([
      'connect',
      '--tenant',
      tenantId,
      '--platform',
      'cedar',
      '--credential',
      'apiKey=sk_abcd1',
    ]);
    expect(asArgument).toMatchObject({ code: 1, out: '' });
  });

  it("shows a shop's new address, and confirms or refuses exactly the attempt that is named", async () => {
    const { body } = await api.call('POST', '/v1/connections', {
      body: {
        tenantId,
        platform: 'cedar',
        shop: { url: 'https://moving.example' },
        credential: { apiKey: 'sk_abcd1234' },
      },
    });
    const move = { authorizationId: 'aut_x', shop: { url: 'https://moved.example' }, sinceMs: 1, untilMs: 2 };
    await api.database.owner.query('UPDATE connections SET move = $2 WHERE id = $1', [body.id, move]);
    const shown = await mooring(['connections', 'show', body.id]);
    expect(shown.out).toContain(`https://moved.example, to be confirmed`);
    const id = newId('authorization');
    const confirmed = await mooring(['confirm-move', body.id, id]);
    expect(confirmed.code, confirmed.err).toBe(0);
    await mooring(['refuse-move', body.id, id]);
    expect(api.commands.slice(-2)).toEqual([`confirm ${id} ${body.id}`, `refuse ${id} ${body.id}`]);
  });

  it('shows the plan before it revokes, and without a terminal revokes only with --yes', async () => {
    const { body } = await api.call('POST', '/v1/connections', {
      body: {
        tenantId,
        platform: 'cedar',
        shop: { url: 'https://revoked.example' },
        credential: { apiKey: 'sk_abcd1234' },
      },
    });
    const asked = await mooring(['revoke', body.id]);
    expect(asked.code).toBe(1);
    expect(asked.err).toContain('destroy secrets');
    expect(api.commands).not.toContain(`revoke ${body.id}`);
    const done = await mooring(['revoke', body.id, '--yes']);
    expect(done.out).toContain('revoking');
    expect(api.commands).toContain(`revoke ${body.id}`);
  });

  it('says what was refused and who must act, on stderr, with exit code 1', async () => {
    const answer = await mooring(['connections', 'show', 'con_unknown']);
    expect(answer).toMatchObject({ code: 1, out: '' });
    expect(answer.err).toContain('not_found: there is no connection "con_unknown"');
    expect(answer.err).toContain('Who must act: caller');
  });

  it('verifies the audit trail, shows the doctor, and prints JSON on request', async () => {
    expect((await mooring(['audit', 'verify'])).out).toContain('The audit trail is whole');
    const status = await mooring(['status', '--json']);
    expect(JSON.parse(status.out).connections).toBeGreaterThan(0);
    expect((await mooring(['doctor'])).code).toBe(1);
  });

  it('takes a file that is not there, or is a folder, for bad input', async () => {
    for (const file of ['/nowhere.ndjson', '/'])
      expect(await mooring(['import', file])).toMatchObject({
        code: 2,
        err: expect.stringContaining('no readable file'),
      });
  });

  it('without an API in reach says so in a sentence', async () => {
    const answer = await mooring(['status'], { MOORING_URL: 'http://127.0.0.1:9' });
    expect(answer.code).toBe(1);
    expect(answer.err.trim().split('\n')).toHaveLength(1);
  });
});
