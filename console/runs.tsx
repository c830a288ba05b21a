// Sync runs: the one under way with its progress, the last ones in a line each, and the release of deletions a run holds back.
import { type CommandProps, useCommands } from './actions.tsx';
import { confirmDeletions } from './commands.ts';
import { Badge, Card, useNow, When } from './parts.tsx';
import { progressOf, type ResourceProgress, shareOf } from './progress.ts';
import type { Connection, SyncRun } from './reads.ts';
import { counted, lasting, spoken } from './words.ts';

export function RunsCard(props: CommandProps & { runs: readonly SyncRun[] }) {
  const { isBusy, give } = useCommands(props);
  const running = props.runs.filter((run) => run.finishedAt === null);
  const ended = props.runs.filter((run) => run.finishedAt !== null);
  return (
    <Card title="Syncs" aside={<Interval connection={props.connection} />}>
      {props.runs.length === 0 && <p class="soft">None yet.</p>}
      {running.map((run) => (
        <Running key={run.id} run={run} />
      ))}
      <ul class="runs">
        {ended.map((run) => (
          <li key={run.id}>
            <Ended run={run} />
            {run.heldDeletions !== null && (
              <p class="notice warn">
                It would delete {heldWords(run.heldDeletions)}, and holds that until somebody confirms it.{' '}
                <button type="button" disabled={isBusy} onClick={() => give(confirmDeletions(run.id))}>
                  Confirm the deletions
                </button>
              </p>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Interval({ connection }: { connection: Connection }) {
  return <span class="soft">every {lasting(connection.sync.intervalS * 1000).replace(/ 0 s$/, '')}</span>;
}

function heldWords(held: Readonly<Record<string, unknown>>): string {
  return Object.entries(held)
    .map(([resource, count]) => `${typeof count === 'number' ? counted(count) : 'some'} ${resource}`)
    .join(', ');
}

function Running({ run }: { run: SyncRun }) {
  const nowMs = useNow();
  return (
    <div class="running">
      <p>
        <Badge value={run.status} />{' '}
        <span class="soft">
          for {lasting(nowMs - Date.parse(run.startedAt))} · {spoken(run.trigger).toLowerCase()}
        </span>
      </p>
      {progressOf(run.progress).map((one) => (
        <Progress key={one.resource} of={one} />
      ))}
    </div>
  );
}

function Progress({ of }: { of: ResourceProgress }) {
  const share = shareOf(of);
  const told = of.total === null ? counted(of.seen) : `${counted(of.seen)} of ${counted(of.total)}`;
  return (
    <div class={of.isDone ? 'progress done' : 'progress'}>
      <span>
        {spoken(of.resource)}
        <small class="soft">{of.mode === 'backfill' ? ' backfill' : ''}</small>
      </span>
      <progress aria-label={spoken(of.resource)} {...(share === null ? {} : { value: share, max: 1 })} />
      <span class="number">{told}</span>
    </div>
  );
}

function Ended({ run }: { run: SyncRun }) {
  const took = run.finishedAt === null ? 0 : Date.parse(run.finishedAt) - Date.parse(run.startedAt);
  const all = progressOf(run.progress);
  const sum = (name: 'written' | 'deleted' | 'setAside') => all.reduce((total, one) => total + one[name], 0);
  const facts = [
    `${counted(sum('written'))} written`,
    ...(sum('deleted') > 0 ? [`${counted(sum('deleted'))} deleted`] : []),
    ...(sum('setAside') > 0 ? [`${counted(sum('setAside'))} set aside`] : []),
    lasting(took),
    spoken(run.trigger).toLowerCase(),
  ];
  return (
    <>
      <p class="line">
        <Badge value={run.status} />
        <When at={run.startedAt} />
        <span class="soft">{facts.join(' · ')}</span>
      </p>
      {run.error !== null && <p class="soft error-text">{errorWords(run.error)}</p>}
    </>
  );
}

/** A run's error is an object with a message, or resource by resource. */
function errorWords(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const { message, code } = { message: undefined, code: undefined, ...error };
  if (typeof message === 'string') return typeof code === 'string' ? `${code}: ${message}` : message;
  return Object.entries(error)
    .map(([name, value]) => `${name}: ${typeof value === 'object' ? errorWords(value) : String(value)}`)
    .join('; ');
}
