// A shop's new address over HTTP: stated by the merchant or with a pasted key, shown while it waits, decided by whoever may.
import { parse } from 'node-html-parser';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newId } from '../../store/new-id.ts';
import { startApi, type TestApi } from './api.ts';

let api: TestApi;
let number = 0;

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

async function connected(platform: 'cedar' | 'dogwood' = 'cedar') {
  const tenantId = await api.tenant();
  number += 1;
  const url = `https://shop-${number}.example`;
  const { body } = await api.call('POST', '/v1/connections', {
    body: { tenantId, platform: 'cedar', shop: { url }, credential: { apiKey: 'sk_abcd1234' } },
  });
  // The workflow is the test's: what it would have written is written here.
  await api.database.owner.query(
    "UPDATE connections SET generation = 1, lifecycle = 'active', state = 'active', platform = $2 WHERE id = $1",
    [body.id, platform],
  );
  return { id: String(body.id), tenantId, url };
}

async function waiting(id: string) {
  const authorizationId = newId('authorization');
  const sinceMs = api.clock.nowMs;
  const move = { authorizationId, shop: { url: 'https://moved.example' }, sinceMs, untilMs: sinceMs + 1000 };
  await api.database.owner.query('UPDATE connections SET move = $2 WHERE id = $1', [id, move]);
  return authorizationId;
}

const attempts = async (id: string) => {
  const { rows } = await api.database.owner.query<{ shop: unknown }>(
    'SELECT shop FROM authorizations WHERE connection_id = $1 ORDER BY id DESC',
    [id],
  );
  return rows.map(({ shop }) => shop);
};

it('a pasted key may come with a new address; 202 says that it waits, and nothing of the key is told', async () => {
  const { id } = await connected();
  let move = '';
  api.lifecycle.startAndAuthorize = async () => {
    move = await waiting(id);
    return { outcome: 'move_proposed', authorizationId: 'aut_x' };
  };
  const answer = await api.call('PUT', `/v1/connections/${id}/credential`, {
    body: { credential: { apiKey: 'sk_efgh5678' }, shop: { url: 'moved.example' } },
  });
  expect(answer.status, answer.text).toBe(202);
  expect(answer.body.move).toMatchObject({ authorizationId: move, shop: { url: 'https://moved.example' } });
  expect(answer.text).not.toContain('sk_efgh5678');
  expect((await attempts(id))[0]).toEqual({ url: 'https://moved.example' });
});

it('a malformed new address is refused by its field', async () => {
  const { id } = await connected();
  const answer = await api.call('PUT', `/v1/connections/${id}/credential`, {
    body: { credential: { apiKey: 'sk_efgh5678' }, shop: { url: 'https://user@moved.example' } },
  });
  expect([answer.status, answer.body.code]).toEqual([422, 'invalid_shop']);
});

it('the diagnosis says who must confirm what, and until when', async () => {
  const { id, url } = await connected();
  await waiting(id);
  const { body } = await api.call('GET', `/v1/connections/${id}/diagnosis`);
  expect(body).toMatchObject({ action: 'confirm_move', actor: 'vendor' });
  const shown = body.evidence.find((one: { what: string }) => one.what === 'move to be confirmed');
  expect(shown.detail).toContain(`url ${url} → https://moved.example`);
});

it.each(['confirm', 'refuse'] as const)(
  'an admin may %s it, and who did is told the workflow',
  async (decision) => {
    const { id, tenantId } = await connected();
    const authorizationId = await waiting(id);
    const asked: string[] = [];
    api.lifecycle.decideMove = async (of, input) => {
      asked.push(`${of} ${input.authorizationId} ${input.decision} ${input.by.slice(0, 4)}`);
      return { outcome: decision === 'confirm' ? 'authorized' : 'move_ended' };
    };
    const key = await api.key('admin', tenantId);
    const answer = await api.call('POST', `/v1/connections/${id}/${decision}-move`, {
      key,
      body: { authorizationId },
    });
    expect(answer.status, answer.text).toBe(200);
    expect(asked).toEqual([`${id} ${authorizationId} ${decision} key_`]);
  },
);

it('a move that does not wait is a 409, a connection that ended is one too', async () => {
  const { id } = await connected();
  const body = { authorizationId: newId('authorization') };
  api.lifecycle.decideMove = async () => ({ outcome: 'refused', code: 'move_not_waiting', message: 'none' });
  const none = await api.call('POST', `/v1/connections/${id}/confirm-move`, { body });
  expect([none.status, none.body.code]).toEqual([409, 'move_not_waiting']);
  api.lifecycle.decideMove = async () => null;
  const ended = await api.call('POST', `/v1/connections/${id}/refuse-move`, { body });
  expect([ended.status, ended.body.code]).toEqual([409, 'connection_final']);
});

it('a merchant states the new address on the page, and the platform is asked there', async () => {
  const { id, url } = await connected('dogwood');
  const session = await api.call('POST', '/v1/connect-sessions', { body: { connectionId: id } });
  const link = new URL(session.body.url).pathname;
  const page = parse((await api.call('GET', `${link}?again=1`, { key: null })).text);
  expect(page.querySelector('details input[name=url]')?.getAttribute('value')).toBe(url);
  const form = { platform: 'dogwood', way: 'keys' };
  const same = await api.call('POST', link, { key: null, form: { ...form, url } });
  expect(same.text).toContain(`${url}/authorize`);
  const moved = await api.call('POST', link, { key: null, form: { ...form, url: 'https://moved.example' } });
  expect(moved.text).toContain('https://moved.example/authorize');
  expect((await attempts(id)).slice(0, 2)).toEqual([{ url: 'https://moved.example' }, null]);
});
