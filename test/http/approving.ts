// How a test begins an approval at a platform: a link, its form, and what the browser is led to.
import type { TenantId } from '../../domain/ids.ts';
import type { TestApi } from './api.ts';

export interface Begun {
  readonly cookie: string;
  readonly state: string;
  readonly authorize: URL;
  readonly link: string;
  readonly connectionId: string;
}

export async function begin(
  { api, tenantId }: { readonly api: TestApi; readonly tenantId: TenantId },
  platform = 'acorn',
  shop: Record<string, string> = { shop: 'demo.acorn.example' },
): Promise<Begun> {
  const session = await api.call('POST', '/v1/connect-sessions', { body: { tenantId, platform } });
  const link = new URL(session.body.url).pathname;
  const page = await api.call('POST', link, { key: null, form: { platform, ...shop } });
  if (page.status !== 200) throw new Error(page.text);
  const authorize = new URL(
    (/id="continue" href="([^"]+)"/.exec(page.text)?.[1] ?? '').replaceAll('&amp;', '&'),
  );
  const cookie = String(page.headers['set-cookie']).split(';')[0] ?? '';
  const { rows } = await api.database.owner.query(
    'SELECT connection_id FROM authorizations ORDER BY created_at DESC LIMIT 1',
  );
  return {
    cookie,
    link,
    authorize,
    state: authorize.searchParams.get('state') ?? authorize.searchParams.get('user') ?? '',
    connectionId: rows[0].connection_id,
  };
}
