// What happened lately in the whole scope of the key, newest first. It goes on by the feed's cursor, as any reader of it would.
import { useRef, useState } from 'preact/hooks';
import { useConsole } from './context.ts';
import { useLive } from './live.ts';
import { Failure, Freshness, Heading, Reading, When } from './parts.tsx';
import { type EventsView, type FeedEvent, readEvents } from './reads.ts';
import { addressOf } from './route.ts';
import { spoken, toneOf } from './words.ts';

export function EventsPage() {
  const { client } = useConsole();
  const before = useRef<EventsView | null>(null);
  const { data, failure } = useLive({
    of: 'events',
    everyMs: 4_000,
    read: async (signal) => {
      const view = await readEvents(client, before.current, signal);
      before.current = view;
      return view;
    },
  });
  const [kind, setKind] = useState('');
  const kinds = [...new Set(data?.data.map(({ type }) => type))].sort();
  const shown = data?.data.filter(({ type }) => kind === '' || type === kind) ?? [];
  return (
    <>
      <div class="title">
        <Heading title="Events">Events</Heading>
        <Freshness isRead={data !== null} failure={failure} />
      </div>
      <Failure text={failure} />
      {data === null ? (
        failure === null && <Reading />
      ) : (
        <>
          <search class="filters">
            <label>
              <span>Kind</span>
              <select value={kind} onChange={(event) => setKind(event.currentTarget.value)}>
                <option value="">All</option>
                {kinds.map((one) => (
                  <option key={one} value={one}>
                    {one}
                  </option>
                ))}
              </select>
            </label>
          </search>
          {shown.length === 0 && <p class="soft">None yet.</p>}
          <ol class="card events">
            {shown.map((event) => (
              <Event key={event.id} of={event} />
            ))}
          </ol>
        </>
      )}
    </>
  );
}

function Event({ of }: { of: FeedEvent }) {
  const { tenants } = useConsole();
  const [noun = '', verb = ''] = of.type.split('.', 2);
  const facts = factsOf(of.data, verb);
  return (
    <li>
      <span class={`dot ${toneOf(verb)}`} aria-hidden="true" />
      <span>
        <b>
          {spoken(noun)} {spoken(verb).toLowerCase()}
        </b>{' '}
        {of.connectionId !== null && (
          <a href={addressOf({ page: 'connection', id: of.connectionId })}>
            <code>{of.connectionId}</code>
          </a>
        )}
        {facts !== '' && <span class="soft"> · {facts}</span>}
        {tenants.size > 1 && <span class="soft"> · {tenants.get(of.tenantId) ?? of.tenantId}</span>}
      </span>
      <When at={of.at} />
    </li>
  );
}

/** The plain values of an event's data in a line, but for what its type has said. */
function factsOf(data: unknown, verb: string): string {
  if (typeof data !== 'object' || data === null) return '';
  return Object.entries(data)
    .flatMap(([name, value]) => {
      if (name === 'runId' || value === verb) return [];
      if (typeof value === 'number') return [`${spoken(name).toLowerCase()} ${value}`];
      return typeof value === 'string'
        ? [`${spoken(name).toLowerCase()} ${spoken(value).toLowerCase()}`]
        : [];
    })
    .join(' · ');
}
