// What the platform tells us of one connection: what is subscribed to, what waits to be read, and what was missed and made up for.
import { useConsole } from './context.ts';
import { useLive } from './live.ts';
import { type Gap, readSubscriptions, type Subscriptions } from './notification-reads.ts';
import { Badge, Card, Columns, Facts, Failure, Reading, When } from './parts.tsx';
import { counted, lasting, spoken } from './words.ts';

const EVERY_MS = 5_000;

const BY: Readonly<Record<Subscriptions['subscribedBy'], string>> = {
  shop: 'We subscribe, shop by shop',
  registration: 'Subscribed once, for our app',
  merchant: 'The merchant sets it up by hand',
  nobody: 'The platform tells nothing: it is polled',
};

export function NotificationsCard({ connectionId }: { connectionId: string }) {
  const { client } = useConsole();
  const { data, failure } = useLive({
    of: `notifications ${connectionId}`,
    everyMs: EVERY_MS,
    read: (signal) => readSubscriptions(client, connectionId, signal),
  });
  return (
    <Card title="Notifications" aside={data && <span class="soft">{BY[data.subscribedBy]}</span>}>
      <Failure text={failure} />
      {data === null ? failure === null && <Reading /> : <Told of={data} />}
    </Card>
  );
}

function Told({ of }: { of: Subscriptions }) {
  const { lag, gaps } = of;
  return (
    <>
      <Facts
        of={[
          ['Last received', <When key="last" at={lag.lastReceivedAt} />],
          ['Waiting to be read', counted(lag.waiting)],
          ['Oldest of them', lag.oldestWaitingAt && <When at={lag.oldestWaitingAt} />],
          ['Looked at', of.checkedAt && <When at={of.checkedAt} />],
          ['Next look', of.nextCheckAt && <When at={of.nextCheckAt} />],
          ['The last look said', of.code && <code>{of.code}</code>],
        ]}
      />
      {of.data.length > 0 && <Topics of={of.data} />}
      {gaps.length > 0 && (
        <ul class="gaps">
          {gaps.map((gap) => (
            <GapLine key={`${gap.cause} ${gap.from} ${gap.foundAt}`} of={gap} />
          ))}
        </ul>
      )}
    </>
  );
}

function Topics({ of }: { of: Subscriptions['data'] }) {
  return (
    <div class="scroll">
      <table class="stacked">
        <Columns of={['Topic', 'State', 'Made', 'Made again']} />
        <tbody>
          {of.map(({ topic, state, code, createdAt, recreated }) => (
            <tr key={topic}>
              <th scope="row">
                <code>{topic}</code>
              </th>
              <td data-label="State">
                <Badge value={state} /> {code && <code>{code}</code>}
              </td>
              <td data-label="Made">
                <When at={createdAt} />
              </td>
              <td data-label="Made again">{recreated === 0 ? '–' : counted(recreated)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function GapLine({ of: { cause, from, until, closedAt } }: { of: Gap }) {
  const length = lasting(Date.parse(until) - Date.parse(from));
  return (
    <li>
      <Badge value={closedAt === null ? 'open' : 'closed'} /> {spoken(cause)}, {length} long,{' '}
      <When at={from} />
      {closedAt !== null && (
        <span class="soft">
          {' '}
          · made up for <When at={closedAt} />
        </span>
      )}
    </li>
  );
}
