// What is synced: how many records of each resource are kept, when it last moved, and why one is not synced.
import { Card, Columns, When } from './parts.tsx';
import { progressOf } from './progress.ts';
import type { Connection, RevocationPlan, SyncRun } from './reads.ts';
import { counted, spoken } from './words.ts';

export function ResourcesCard(props: {
  connection: Connection;
  runs: readonly SyncRun[];
  plan: RevocationPlan | null;
}) {
  const { connection, runs, plan } = props;
  const kept = new Map(plan?.records.kept.map(({ resource, count }) => [resource, count]));
  const asked = connection.permissions.map((permission) => permission.split(':')[0] ?? permission);
  const stopped = connection.sync.stoppedResources;
  const resources = [...new Set([...asked, ...kept.keys(), ...Object.keys(stopped)])];
  return (
    <Card title="Resources">
      <div class="scroll">
        <table class="stacked">
          <Columns of={['Resource', 'Records', 'Last worked', 'In that run']} numbers={['Records']} />
          <tbody>
            {resources.map((resource) => (
              <tr key={resource}>
                <th scope="row">{spoken(resource)}</th>
                <td data-label="Records" class="number">
                  {plan === null ? '…' : counted(kept.get(resource) ?? 0)}
                </td>
                <LastWork resource={resource} runs={runs} stopped={stopped[resource]} />
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

function LastWork(props: { resource: string; runs: readonly SyncRun[]; stopped: string | undefined }) {
  if (props.stopped !== undefined) {
    return (
      <td data-label="Stopped" colSpan={2}>
        Not synced: {spoken(props.stopped).toLowerCase()}
      </td>
    );
  }
  for (const run of props.runs) {
    const found = progressOf(run.progress).find((one) => one.resource === props.resource);
    if (found === undefined) continue;
    const { seen, written, deleted, setAside } = found;
    return (
      <>
        <td data-label="Last worked">
          <When at={run.finishedAt ?? run.startedAt} />
        </td>
        <td data-label="In that run">
          {counted(seen)} seen, {counted(written)} written
          {deleted > 0 && `, ${counted(deleted)} deleted`}
          {setAside > 0 && `, ${counted(setAside)} set aside`}
        </td>
      </>
    );
  }
  return (
    <td data-label="Last worked" colSpan={2} class="soft">
      Not in the last runs
    </td>
  );
}
