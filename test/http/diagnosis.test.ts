// What a diagnosis rests on, beside its finding: what else of the connection waits for somebody.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PLATFORMS } from '../../platforms/index.ts';
import { newId } from '../../store/new-id.ts';
import { type SeededConnection, seedConnection } from '../egress/seed.ts';
import { startApi, type TestApi } from './api.ts';

let api: TestApi;

beforeAll(async () => {
  api = await startApi({ platforms: PLATFORMS });
});
afterAll(() => api.close());

/** A connection whose newest run found stock levels gone, and holds their deletion. */
async function holding(): Promise<SeededConnection & { readonly runId: string }> {
  const connection = await seedConnection(api.database);
  const runId = newId('syncRun');
  const { owner } = api.database;
  await owner.query(
    `INSERT INTO sync_runs (id, tenant_id, connection_id, workflow_id, temporal_run_id, trigger, status, held_deletions, finished_at)
     VALUES ($1, $2, $3, $1, $1, 'schedule', 'held', '{"inventory": 15}', now())`,
    [runId, connection.tenantId, connection.connectionId],
  );
  await owner.query(
    `INSERT INTO checkpoints (tenant_id, connection_id, resource, mode, held_pass_id, held_pass_started_at, held_run_id)
     VALUES ($1, $2, 'inventory', 'incremental', 'pass', now(), $3)`,
    [connection.tenantId, connection.connectionId, runId],
  );
  return { ...connection, runId };
}

it('deletions that are held are told, with what lets them go', async () => {
  const { connectionId, runId } = await holding();
  const { body } = await api.call('GET', `/v1/connections/${connectionId}/diagnosis`);
  expect(body).toMatchObject({ state: 'active', action: 'none' });
  const confirm = `/v1/connections/${connectionId}/runs/${runId}/confirm-deletions`;
  expect(body.evidence).toContainEqual({
    at: expect.any(String),
    what: `sync run ${runId} holds deletions of inventory`,
    detail: expect.stringContaining(`POST ${confirm}`),
  });
  const runs = await api.call('GET', `/v1/connections/${connectionId}/runs`);
  expect(runs.body.data).toMatchObject([{ id: runId, status: 'held', heldDeletions: { inventory: 15 } }]);
  expect((await api.call('POST', confirm)).status).toBe(202);
  const after = await api.call('GET', `/v1/connections/${connectionId}/diagnosis`);
  expect(after.body.evidence[0].detail).toBe('Confirmed: the next run makes them.');
});

it('says in the platform’s own words what a dead grant can mean there', async () => {
  const { connectionId } = await seedConnection(api.database, {
    platform: 'shopify',
    lifecycle: 'reauth_required',
  });
  await api.database.owner.query(
    "UPDATE connections SET reauth_reason = 'grant_dead', state_since = now() WHERE id = $1",
    [connectionId],
  );
  const { body } = await api.call('GET', `/v1/connections/${connectionId}/diagnosis`);
  expect(body).toMatchObject({ state: 'reauth_required', action: 'approve', actor: 'merchant' });
  expect(body.because).toContain('The merchant removed the app, or the approval ended otherwise');
});

it('a scope that was taken away is the merchant’s to give back, and the link to do so is there', async () => {
  const { connectionId } = await seedConnection(api.database);
  await api.database.owner.query('UPDATE connections SET stopped_resources = $2 WHERE id = $1', [
    connectionId,
    JSON.stringify({ inventory: 'scope_missing' }),
  ]);
  const { body } = await api.call('GET', `/v1/connections/${connectionId}/diagnosis`);
  expect(body).toMatchObject({ state: 'active', action: 'widen_scopes', actor: 'merchant' });
  expect(body.because).toContain('no longer covers inventory');
  expect(body.reconnectUrl).toContain('/connect/');
});
