import { afterAll, beforeAll, expect, test } from 'vitest';
import { PLATFORMS } from '../../platforms/index.ts';
import { startApi, type TestApi } from '../http/api.ts';
import { seedToldConnection } from '../notifications/told-connection.ts';
import { mooringAt } from './local-command.ts';

let api: TestApi;
let url: string;
let connectionId: string;
beforeAll(async () => {
  api = await startApi({ platforms: PLATFORMS });
  url = await api.app.listen({ port: 0, host: '127.0.0.1' });
  ({ connectionId } = await seedToldConnection(api.database));
});
afterAll(() => api.close());

const mooring = (...args: readonly string[]) => mooringAt({ apiUrl: url, apiKey: api.operatorKey }, args);

test('what a platform tells of a connection is shown: topics, what waits, gaps', async () => {
  const { code, out, err } = await mooring('notifications', connectionId);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/waiting {8}1, the oldest since \d{4}-/);
  expect(out).toMatch(/orders\/updated +│ active +│ .* │ 2 +│ gid:/);
  expect(out).toMatch(/products\/update +│ refused \(scope_missing\)/);
  expect(out).toMatch(/gap {2}dropped, .*: made up for at /);
});

test('an address is made and shown once', async () => {
  const { code, out } = await mooring('notifications', 'address', connectionId);
  expect(code).toBe(0);
  expect(out).toMatch(/\/notify\/shopify\/[\w-]{43}\n/);
  expect(out).toContain('It is not shown again.');
});

test('requests to erase are listed with their proof, and a stranger has no report', async () => {
  expect((await mooring('privacy')).out).toMatch(
    /erase_customer .*│ done .*│ \{"erased":\{"orders":2,"customers":1,"connections":1\}\}/,
  );
  const refused = await mooring('privacy', 'report', 'prv_00000000000000000000000000');
  expect(refused.code).toBe(1);
  expect(refused.err).toContain('not_found');
});

test('requests are listed to the last one, however many there are', async () => {
  await api.database.owner.query(
    `INSERT INTO privacy_requests (id, platform, kind, topic, due_at)
     SELECT 'prv_' || lpad(n::text, 26, '0'), 'shopify', 'erase_shop', 'shop/redact', now() FROM generate_series(1, 501) n`,
  );
  const { out, err } = await mooring('privacy', '--json');
  expect(err).toBe('');
  expect(JSON.parse(out)).toHaveLength(502);
});
