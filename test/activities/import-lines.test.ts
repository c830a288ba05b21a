import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isImportRead } from '../../activities/import-lines.ts';
import type { ErrorCode } from '../../domain/errors.ts';
import { judgeLine, SILENT_AFTER_MS } from '../../domain/import.ts';
import { createImport, readImport, readWaiting } from '../../store/imports.ts';
import { newId } from '../../store/new-id.ts';
import { createTestDatabase, type TestDatabase } from '../world.ts';

const NOW = Date.parse('2026-11-21T00:00:00Z');

describe('a failed line', () => {
  it.each<[string, ErrorCode, number, string]>([
    ['a platform that is down may pass', 'platform_down', 1, 'pending'],
    ['a rate limit passes', 'platform_rate_limited', 4, 'pending'],
    ['the fifth try is the last', 'platform_down', 5, 'refused'],
    ['a credential that was not taken stays so', 'credential_rejected', 1, 'refused'],
    ['too few scopes stay too few', 'scope_missing', 1, 'refused'],
    ['another connection has the shop', 'shop_already_connected', 1, 'duplicate'],
  ])('%s', (_why, code, attempts, outcome) => {
    expect(judgeLine({ code, message: 'm' }, attempts, NOW).outcome).toBe(outcome);
  });

  it('waits longer each time, and at least as long as the platform asked', () => {
    const waits = [1, 2, 3, 4].map((attempts) => {
      const verdict = judgeLine({ code: 'platform_down', message: 'm' }, attempts, NOW);
      return verdict.outcome === 'pending' ? (verdict.nextTryAtMs - NOW) / 1000 : null;
    });
    expect(waits).toEqual([5, 20, 80, 320]);
    const asked = judgeLine({ code: 'platform_rate_limited', message: 'm', retryAtMs: NOW + 60_000 }, 1, NOW);
    expect(asked).toEqual({ outcome: 'pending', nextTryAtMs: NOW + 60_000 });
  });
});

describe('an upload whose reader died', () => {
  let world: TestDatabase;
  beforeAll(async () => {
    world = await createTestDatabase();
  });
  afterAll(() => world.close());

  it('is waited for while lines may still come, then ended, and says so', async () => {
    const id = newId('import');
    const { db } = world;
    await db.acrossTenants((tx) => createImport(tx, { id, tenantId: null, requestedBy: 'key_x' }));
    const look = (nowMs: number) => isImportRead({ db, nowMs: () => nowMs })({ importId: id });
    expect(await look(Date.now())).toBe(false);
    expect(await look(Date.now() + SILENT_AFTER_MS + 1_000)).toBe(true);
    const row = await db.acrossTenants((tx) => readImport(tx, id));
    expect(row).toMatchObject({ status: 'running', cutShort: 'upload_broken' });
    expect(await look(Date.now())).toBe(true);
  });
});

describe('an import with a line that must wait', () => {
  let world: TestDatabase;
  beforeAll(async () => {
    world = await createTestDatabase();
  });
  afterAll(() => world.close());

  it('goes on with those that need not, and waits only when all of them must', async () => {
    const id = newId('import');
    const later = new Date(NOW + 3_600_000);
    await world.db.acrossTenants((tx) => createImport(tx, { id, tenantId: null, requestedBy: 'key_x' }));
    const add = (line: number, nextTryAt: Date | null) =>
      world.owner.query('INSERT INTO import_lines (import_id, line, next_try_at) VALUES ($1, $2, $3)', [
        id,
        line,
        nextTryAt,
      ]);
    await add(1, later);
    await add(2, null);
    const look = () => world.db.acrossTenants((tx) => readWaiting(tx, id));
    expect(await look()).toEqual({ left: 2, nextTryAtMs: null });
    await world.owner.query('DELETE FROM import_lines WHERE line = 2');
    expect(await look()).toEqual({ left: 1, nextTryAtMs: later.getTime() });
  });
});
