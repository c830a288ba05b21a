// The few calls of our own API that the demo makes, with the operator's key. Whatever is not 2xx is thrown with the Problem's words.
import type { LocalAddresses } from './local-state.ts';

export interface LocalTenant {
  readonly id: string;
  readonly name: string;
}

export interface LocalConnection {
  readonly id: string;
  readonly platform: string;
  readonly state: string;
  readonly shop: {
    readonly values: Readonly<Record<string, string>>;
    readonly name: string | null;
    readonly key: string | null;
  };
}

export interface LocalRun {
  readonly id: string;
  readonly status: string;
  readonly progress: Readonly<Record<string, { readonly seen?: number; readonly setAside?: number }>>;
  readonly error: unknown;
}

export interface LocalApi {
  tenants(): Promise<readonly LocalTenant[]>;
  createTenant(name: string): Promise<string>;
  register(app: { platform: string; clientId: string; secret: string }): Promise<void>;
  connectLink(wish: { tenantId: string; platform: string }): Promise<string>;
  connections(filter: { tenantId: string; platform?: string }): Promise<readonly LocalConnection[]>;
  /** Newest first. */
  runs(connectionId: string): Promise<readonly LocalRun[]>;
  /** How many there are of all resources. */
  keptRecords(connectionId: string): Promise<number>;
  sync(connectionId: string): Promise<void>;
}

interface Plan {
  readonly records: { readonly kept: readonly { readonly count: number }[] };
}

type Call = <T>(method: string, path: string, body?: object) => Promise<T>;

export function createLocalApi({ apiUrl, apiKey }: Pick<LocalAddresses, 'apiUrl' | 'apiKey'>): LocalApi {
  const call: Call = async <T>(method: string, path: string, body?: object) => {
    const answer = await fetch(`${apiUrl}/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} /v1${path} answered ${answer.status}: ${text.slice(0, 400)}`);
    return (text === '' ? null : JSON.parse(text)) as T;
  };
  const list = async <T>(path: string): Promise<readonly T[]> =>
    (await call<{ data: readonly T[] }>('GET', path)).data;
  return {
    tenants: () => list('/tenants'),
    createTenant: async (name) => (await call<LocalTenant>('POST', '/tenants', { name })).id,
    register: async ({ platform, clientId, secret }) => {
      await call('POST', '/client-registrations', { platform, clientId, clientSecret: secret });
    },
    connectLink: async (wish) => (await call<{ url: string }>('POST', '/connect-sessions', wish)).url,
    connections: (filter) => list(`/connections?${new URLSearchParams({ ...filter })}`),
    runs: (connectionId) => list(`/connections/${connectionId}/runs`),
    keptRecords: async (connectionId) => {
      const { records } = await call<Plan>('GET', `/connections/${connectionId}/revocation`);
      return records.kept.reduce((sum, { count }) => sum + count, 0);
    },
    sync: async (connectionId) => {
      await call('POST', `/connections/${connectionId}/sync`, {});
    },
  };
}
