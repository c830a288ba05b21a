// The activities over many connections, composed: one row each. A name without an activity does not compile.
import { failingSafely } from './failure.ts';
import type { FleetActivities } from './fleet-contract.ts';
import type { FleetDeps } from './fleet-deps.ts';
import { finishImport, importLines, isImportRead } from './import-lines.ts';
import {
  awaitFleetRun,
  finishFleetRun,
  noteFleetRun,
  proveCanaries,
  readFleetOptions,
  workFleet,
} from './work-fleet.ts';

export function createFleetActivities(deps: FleetDeps): FleetActivities {
  const activities: FleetActivities = {
    isImportRead: isImportRead(deps),
    importLines: importLines(deps),
    finishImport: finishImport(deps),
    awaitFleetRun: awaitFleetRun(deps),
    readFleetOptions: readFleetOptions(deps),
    workFleet: workFleet(deps),
    proveCanaries: proveCanaries(deps),
    noteFleetRun: noteFleetRun(deps),
    finishFleetRun: finishFleetRun(deps),
  };
  return failingSafely(activities, deps);
}
