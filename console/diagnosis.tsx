// Why a connection is as it is, who must act, and how. Read when the connection's condition changes and not on a clock: for whoever may
// make links, each reading of a connection that needs one makes one.
import { useConsole } from './context.ts';
import { useLive } from './live.ts';
import { Facts, Failure, Reading, When } from './parts.tsx';
import { type Connection, readDiagnosis } from './reads.ts';
import { exactly, spoken, toneOf, whatToDo } from './words.ts';

export function DiagnosisCard({ connection }: { connection: Connection }) {
  const { client } = useConsole();
  const { id, state, stateSince, health, reauthReason, pausedBy } = connection;
  const { data, failure } = useLive({
    of: [id, state, stateSince, health.cause, reauthReason, pausedBy].join(' '),
    everyMs: null,
    read: (signal) => readDiagnosis(client, id, signal),
  });
  return (
    <section class={`card diagnosis ${toneOf(state)}`} aria-label="Diagnosis">
      <Failure text={failure} />
      {data === null ? (
        failure === null && <Reading />
      ) : (
        <>
          <h2>{data.because}</h2>
          <Facts
            of={[
              ['What to do', data.action === 'none' ? null : whatToDo(data.action)],
              ['Who', data.actor === 'nobody' ? null : `The ${data.actor}`],
              ['Next try', health.nextTryAt && <When at={health.nextTryAt} />],
              ['Paused by', pausedBy && <code>{pausedBy}</code>],
            ]}
          />
          {data.evidence.length > 0 && (
            <details>
              <summary>Evidence</summary>
              <ul class="evidence">
                {data.evidence.map(({ at, what, detail }) => (
                  <li key={`${at} ${what}`}>
                    <time dateTime={at}>{exactly(at)}</time> {spoken(what)}
                    {detail !== undefined && <span class="soft"> · {detail}</span>}
                  </li>
                ))}
              </ul>
            </details>
          )}
        </>
      )}
    </section>
  );
}
