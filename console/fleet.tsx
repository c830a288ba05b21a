// The first page: how the fleet does, platform by platform, and which connections need a hand.
import { addUp, Bar, type ByState, Legend } from './bars.tsx';
import { useConsole } from './context.ts';
import { useLive } from './live.ts';
import { Badge, Card, Failure, Freshness, Heading, Reading, When } from './parts.tsx';
import { type Connection, type Fleet, NEEDING_A_HAND, readFleet } from './reads.ts';
import { addressOf } from './route.ts';
import { counted, shopName, spoken } from './words.ts';

const NEEDING_SHOWN = 8;

export function FleetPage() {
  const { client } = useConsole();
  const { data, failure } = useLive({
    of: 'fleet',
    everyMs: 10_000,
    read: (signal) => readFleet(client, signal),
  });
  return (
    <>
      <div class="title">
        <Heading title="Fleet">Fleet</Heading>
        <Freshness isRead={data !== null} failure={failure} />
      </div>
      <Failure text={failure} />
      {data === null ? failure === null && <Reading /> : <FleetView {...data} />}
    </>
  );
}

function FleetView({ counts, needing }: { counts: Fleet; needing: readonly Connection[] }) {
  const all = addUp(counts.connections);
  const total = [...all.values()].reduce((sum, count) => sum + count, 0);
  if (total === 0) {
    return (
      <Card title="No connections yet">
        <p>
          Make a link with <code>POST /v1/connect-sessions</code> or <code>npx mooring connect</code>, and
          send it to a merchant.
        </p>
      </Card>
    );
  }
  return (
    <>
      <Card title={`${counted(total)} ${total === 1 ? 'connection' : 'connections'}`}>
        <Bar of={all} />
        <Legend of={all} />
        <Alarms counts={counts} />
      </Card>
      <div class="two">
        <Card title="By platform">
          <Platforms rows={counts.connections} />
        </Card>
        <Card title="Needs a hand">
          <Needing connections={needing} />
          <NeedingMore counts={all} />
        </Card>
      </div>
    </>
  );
}

/** What somebody should look at besides the connections' own states. Silent while all is well. */
function Alarms({ counts }: { counts: Fleet }) {
  const { deliveries, notifications } = counts;
  const alarms: readonly (readonly [number, string])[] = [
    [counts.openBreakers, 'held back as a whole, because too many of their connections fail (breakers)'],
    [counts.rejectedRegistrations, 'client registrations that their platform refuses'],
    [counts.stuck, 'connections whose next step is overdue'],
    [counts.drifted, 'connections whose syncs do not match their state'],
    [counts.setAside, 'records set aside, because they could not be mapped'],
    [notifications.gapsOpen, 'gaps in what platforms told, which no sync has made up for yet'],
    [notifications.privacyOverdue, 'requests to erase or to report that are overdue (Privacy)'],
    [deliveries.endpointsFailing, 'endpoints that take nothing at present (Deliveries)'],
    [
      deliveries.endpointsDisabled,
      'endpoints disabled, because they failed for days or said 410 (Deliveries)',
    ],
  ];
  const raised = alarms.filter(([count]) => count > 0);
  return raised.length === 0 ? null : (
    <ul class="alarms">
      {raised.map(([count, what]) => (
        <li key={what}>
          <b>{counted(count)}</b> {what}
        </li>
      ))}
    </ul>
  );
}

function Platforms({ rows }: { rows: Fleet['connections'] }) {
  const { platforms } = useConsole();
  const ids = [...new Set(rows.map(({ platform }) => platform))].sort();
  return (
    <ul class="platforms">
      {ids.map((platform) => {
        const byState = addUp(rows.filter((row) => row.platform === platform));
        const total = [...byState.values()].reduce((sum, count) => sum + count, 0);
        return (
          <li key={platform}>
            <a class="name" href={addressOf({ page: 'connections', filter: { platform } })}>
              <span>{platforms.get(platform) ?? platform}</span>
              <b>{counted(total)}</b>
            </a>
            <Bar of={byState} />
            <Legend of={byState} filter={{ platform }} />
          </li>
        );
      })}
    </ul>
  );
}

function Needing({ connections }: { connections: readonly Connection[] }) {
  if (connections.length === 0) return <p class="calm-note">Nothing: every connection works by itself.</p>;
  return (
    <ul class="rows">
      {connections.slice(0, NEEDING_SHOWN).map((one) => (
        <li key={one.id}>
          <a href={addressOf({ page: 'connection', id: one.id })}>
            <span class="name">{shopName(one.shop)}</span>
            <Badge value={one.state} />
            <span class="soft">
              {spoken(one.reauthReason ?? one.health.cause ?? '')} · <When at={one.stateSince} />
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
}

/** The way to all of them, where the card shows but some. */
function NeedingMore({ counts }: { counts: ByState }) {
  const states = NEEDING_A_HAND.filter((state) => (counts.get(state) ?? 0) > 0);
  const total = states.reduce((sum, state) => sum + (counts.get(state) ?? 0), 0);
  if (total <= NEEDING_SHOWN) return null;
  return (
    <p class="more">
      All:{' '}
      {states.map((state) => (
        <a key={state} href={addressOf({ page: 'connections', filter: { state } })}>
          {counted(counts.get(state) ?? 0)} {spoken(state).toLowerCase()}
        </a>
      ))}
    </p>
  );
}
