// What platforms asked to have erased or reported: until when, and the proof of what is done. Whom it concerns is never shown.
import { useConsole } from './context.ts';
import { useLive } from './live.ts';
import { type PrivacyRequest, readPrivacyRequests } from './notification-reads.ts';
import { Badge, Columns, Failure, Freshness, Heading, Reading, useNow, When } from './parts.tsx';
import { addressOf } from './route.ts';
import { counted, spoken } from './words.ts';

export function PrivacyPage() {
  const { client } = useConsole();
  const { data, failure } = useLive({
    of: 'privacy',
    everyMs: 5_000,
    read: (signal) => readPrivacyRequests(client, signal),
  });
  return (
    <>
      <div class="title">
        <Heading title="Privacy">Privacy requests</Heading>
        <Freshness isRead={data !== null} failure={failure} />
      </div>
      <Failure text={failure} />
      {data === null ? (
        failure === null && <Reading />
      ) : (
        <>
          {data.hasMore && (
            <p class="soft">
              The newest {counted(data.data.length)} are shown. All: <code>npx mooring privacy</code>.
            </p>
          )}
          <Requests of={data.data} />
        </>
      )}
    </>
  );
}

function Requests({ of }: { of: readonly PrivacyRequest[] }) {
  if (of.length === 0) return <p class="soft">No platform has asked to have anything erased or reported.</p>;
  return (
    <section class="scroll" aria-label="Privacy requests">
      <table class="stacked">
        <Columns of={['What', 'State', 'Platform', 'Connection', 'Received', 'Due', 'Proof']} />
        <tbody>
          {of.map((one) => (
            <Row key={one.id} of={one} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

const WHAT: Readonly<Record<PrivacyRequest['kind'], string>> = {
  erase_customer: 'Erase a customer',
  erase_shop: 'Erase the shop',
  customer_data: 'Report on a customer',
};

function Row({ of }: { of: PrivacyRequest }) {
  const { platforms } = useConsole();
  const isOverdue = useNow() > Date.parse(of.dueAt) && of.state === 'open';
  return (
    <tr>
      <th scope="row">
        {WHAT[of.kind]} <code class="soft">{of.topic}</code>
      </th>
      <td data-label="State">
        <Badge value={isOverdue ? 'overdue' : of.state} />
      </td>
      <td data-label="Platform">{platforms.get(of.platform) ?? of.platform}</td>
      <td data-label="Connection">
        {of.connectionId === null ? (
          <span class="soft">all of the app</span>
        ) : (
          <a href={addressOf({ page: 'connection', id: of.connectionId })}>
            <code>{of.connectionId}</code>
          </a>
        )}
      </td>
      <td data-label="Received">
        <When at={of.receivedAt} />
      </td>
      <td data-label="Due">
        {of.finishedAt === null ? <When at={of.dueAt} /> : <span class="soft">–</span>}
      </td>
      <td data-label="Proof">{of.proof === null ? <span class="soft">–</span> : countsOf(of.proof)}</td>
    </tr>
  );
}

/** What a proof counts, in a line. */
function countsOf(proof: NonNullable<PrivacyRequest['proof']>): string {
  return Object.entries(proof)
    .map(
      ([what, counts]) => `${spoken(what)}: ${typeof counts === 'object' ? inLine(counts) : String(counts)}`,
    )
    .join('; ');
}

function inLine(counts: object | null): string {
  return Object.entries(counts ?? {})
    .map(
      ([of, count]) =>
        `${spoken(of).toLowerCase()} ${typeof count === 'number' ? counted(count) : String(count)}`,
    )
    .join(', ');
}
