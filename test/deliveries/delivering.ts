// Deliveries in a test: the API, the fan-out and the deliverer over a real database, with the clock of retries in the test's hands.
import { randomBytes } from 'node:crypto';
import { type LaneBounds, startDelivering } from '../../deliveries/index.ts';
import type { Lane } from '../../domain/delivery.ts';
import type { TenantId } from '../../domain/ids.ts';
import { createDeliverer, createEndpointKeys } from '../../egress/index.ts';
import { createDataKeyPort } from '../../store/data-keys.ts';
import { appendEvent } from '../../store/events.ts';
import { fanOut } from '../../store/fan-out.ts';
import { createVault, localKey, localKeyProvider } from '../../vault/index.ts';
import { startApi, type TestApi } from '../http/api.ts';

export interface EndpointView {
  readonly id: string;
  readonly secret: string;
  readonly status: string;
  readonly disabledBecause: string | null;
  readonly secrets: readonly { readonly version: number; readonly publicKey: string | null }[];
}

export interface DeliveryView {
  readonly id: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly state: string;
  readonly because: string | null;
  readonly attempts: number;
  readonly nextAttemptAt: string | null;
  readonly attemptLog: readonly {
    readonly number: number;
    readonly status: number | null;
    readonly error: string | null;
    readonly answer: string | null;
    readonly tookMs: number;
    readonly request: { readonly headers: Record<string, string>; readonly body: string };
  }[];
}

export interface Delivering {
  readonly api: TestApi;
  readonly tenantId: TenantId;
  endpoint(wish: object): Promise<EndpointView>;
  deliveries(query?: string): Promise<DeliveryView[]>;
  delivery(id: string): Promise<DeliveryView>;
  /** Writes events as the product does, and fans them out. Gives their ids. */
  tell(events: readonly { type: string; connectionId?: `con_${string}`; data?: object }[]): Promise<string[]>;
  /** One more deliverer; they stop with the test. */
  start(options?: DeliveringOptions): Promise<{ stop(): Promise<void> }>;
  /** Whatever waits for its next try is due. */
  hurry(): Promise<void>;
  close(): Promise<void>;
}

export interface DeliveringOptions {
  readonly lanes?: Readonly<Record<Lane, LaneBounds>>;
  readonly allowPrivateNetworks?: boolean;
  readonly totalMs?: number;
}

export async function startDeliveries({ key = randomBytes(32) } = {}): Promise<Delivering> {
  const keyProvider = localKeyProvider(localKey(key));
  const api = await startApi({ keyProvider, allowPrivateNetworks: true });
  const { db } = api.database;
  const vault = createVault({ keyProvider, dataKeys: createDataKeyPort(db) });
  const tenantId = await api.tenant();
  const running: { stop(): Promise<void> }[] = [];
  const wanted = async <T>(answer: ReturnType<TestApi['call']>): Promise<T> => {
    const { status, body } = await answer;
    if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
    return body;
  };
  return {
    api,
    tenantId,
    endpoint: (wish) => wanted(api.call('POST', '/v1/endpoints', { body: { tenantId, ...wish } })),
    deliveries: async (query = '') =>
      (await wanted<{ data: DeliveryView[] }>(api.call('GET', `/v1/deliveries?limit=500${query}`))).data,
    delivery: (id) => wanted(api.call('GET', `/v1/deliveries/${id}`)),
    tell: async (events) => {
      const ids: string[] = [];
      for (const { type, connectionId, data = {} } of events) {
        const of = connectionId === undefined ? {} : { connectionId };
        ids.push(
          await db.inTenant(tenantId, (tx) => appendEvent(tx, { tenantId, type, data: { ...data }, ...of })),
        );
      }
      await fanOut(db);
      return ids;
    },
    start: async ({ lanes, allowPrivateNetworks = true, totalMs = 20_000 } = {}) => {
      const keys = createEndpointKeys({ db, vault, nowMs: Date.now });
      const door = createDeliverer({ keys, allowPrivateNetworks, nowMs: Date.now, totalMs });
      const log = {
        warn: (facts: object, message: string) => void api.logged.push(JSON.stringify([message, facts])),
      };
      const deliverer = await startDelivering({
        ...{ db, door, log, publicUrl: 'http://127.0.0.1:3000', lifetimeMs: 86_400_000, nowMs: Date.now },
        ...(lanes === undefined ? {} : { lanes }),
      });
      const stop = once(async () => {
        await deliverer.stop();
        await door.close();
      });
      running.push({ stop });
      return { stop };
    },
    hurry: async () => {
      await api.database.owner.query(
        `UPDATE deliveries SET due_at = now() WHERE state = 'pending' AND leased_until IS NULL`,
      );
    },
    close: async () => {
      for (const one of running) await one.stop();
      await api.close();
    },
  };
}

function once(job: () => Promise<void>): () => Promise<void> {
  let started: Promise<void> | undefined;
  return () => {
    started ??= job();
    return started;
  };
}
