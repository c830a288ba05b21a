// An import's durable work: waits for the upload's end, then has its lines proved, stretch by stretch, until none is left. Decides nothing and
// holds no line: what there is to do is in Postgres, so that a new run, a new worker or a second try goes on where the last one stopped.
import {
  condition,
  continueAsNew,
  defineSignal,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { FleetActivities } from '../activities/fleet-contract.ts';
import { IMPORT_READ_SIGNAL, type ImportInput } from './messages.ts';
import { MANY_CONNECTIONS, OWN_DATABASE } from './policies.ts';

const database = proxyActivities<FleetActivities>(OWN_DATABASE);
const stretch = proxyActivities<FleetActivities>({ ...MANY_CONNECTIONS, summary: 'prove lines' });

/** The reader's word usually ends the wait; this is for one that died. */
const LOOK_EVERY_MS = 30_000;

export async function importConnections(input: ImportInput): Promise<void> {
  let isRead = input.isRead ?? false;
  setHandler(defineSignal(IMPORT_READ_SIGNAL), () => {
    isRead = true;
  });
  while (!isRead) {
    if (await condition(() => isRead, LOOK_EVERY_MS)) break;
    isRead = await database.isImportRead({ importId: input.importId });
  }
  let settled = 0;
  for (;;) {
    const progress = await stretch.importLines({ importId: input.importId });
    settled += progress.settled;
    setCurrentDetails(`${settled} lines tried in this run, ${progress.left} still wait.`);
    if (progress.left === 0) break;
    if (workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof importConnections>({ importId: input.importId, isRead: true });
    }
    const waitMs = progress.nextTryAtMs === null ? 0 : progress.nextTryAtMs - Date.now();
    if (waitMs > 0) await sleep(waitMs, { summary: 'until a line may be tried again' });
  }
  await database.finishImport({ importId: input.importId });
}
