// What the sweep clears away because its time is over. Safe to repeat and to stop anywhere: a batch a transaction, and what is gone is not
// found again. A backlog is worked off over several sweeps, so that one sweep stays short.
import type { Sql } from '../store/database.ts';
import { destroyRetiredEndpointSecrets, purgeDeliveries } from '../store/delivery-purges.ts';
import { purgeNotifications } from '../store/notifications.ts';
import {
  destroyRetiredSecrets,
  expireAuthorizations,
  purgeConnectSessions,
  purgeIdempotencyKeys,
  purgeInstalls,
} from '../store/purges.ts';
import type { SweepReport } from './lifecycle-contract.ts';
import type { LifecycleDeps } from './lifecycle-deps.ts';

type Deps = Pick<LifecycleDeps, 'db' | 'nowMs'>;
export type Purged = Pick<
  SweepReport,
  | 'idempotencyKeysPurged'
  | 'clientSecretsDestroyed'
  | 'connectSessionsPurged'
  | 'authorizationsExpired'
  | 'deliveriesPurged'
  | 'endpointSecretsDestroyed'
>;

const BATCH = 500;
const BATCHES = 40;
const BY = { actor: 'sweep', reason: 'its overlap is over' };

/** `onBatch` hears of every batch. */
export async function purge(deps: Deps, onBatch: () => void = () => undefined): Promise<Purged> {
  const now = new Date(deps.nowMs());
  const all = async (one: (sql: Sql) => Promise<number>): Promise<number> => {
    let gone = 0;
    for (let batch = 0; batch < BATCHES; batch++) {
      const count = await deps.db.sqlAcrossTenants(one);
      onBatch();
      gone += count;
      if (count < BATCH) break;
    }
    return gone;
  };
  await all((sql) => purgeNotifications(sql, now, BATCH));
  return {
    idempotencyKeysPurged: await all((sql) => purgeIdempotencyKeys(sql, now, BATCH)),
    clientSecretsDestroyed: await all((sql) => destroyRetiredSecrets(sql, BY, { now, limit: BATCH })),
    connectSessionsPurged: await all((sql) => purgeConnectSessions(sql, now, BATCH)),
    // An install nobody claimed is an approval nobody finished.
    authorizationsExpired:
      (await all((sql) => expireAuthorizations(sql, now, BATCH))) +
      (await all((sql) => purgeInstalls(sql, now, BATCH))),
    deliveriesPurged: await all((sql) => purgeDeliveries(sql, now, BATCH)),
    endpointSecretsDestroyed: await all((sql) =>
      destroyRetiredEndpointSecrets(sql, BY, { now, limit: BATCH }),
    ),
  };
}
