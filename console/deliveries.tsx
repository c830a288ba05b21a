// Where tenants are told of their events, and what was sent there lately: who fails and since when, and sending again what was given up.
import { useState } from 'preact/hooks';
import { useConsole } from './context.ts';
import {
  type Delivery,
  type Endpoint,
  type EndpointCommand,
  readDeliveries,
  replayFailed,
  setEnabled,
  testEndpoint,
} from './delivery-reads.ts';
import { sayFailure, useLive } from './live.ts';
import { Badge, Card, Columns, Failure, Freshness, Heading, Reading, When } from './parts.tsx';
import { addressOf, type DeliveryFilter } from './route.ts';
import { counted, spoken } from './words.ts';

const DELIVERY_STATES = ['pending', 'delivered', 'failed'] as const;

export function DeliveriesPage({ filter }: { filter: DeliveryFilter }) {
  const { client } = useConsole();
  const { data, failure, again } = useLive({
    of: addressOf({ page: 'deliveries', filter }),
    everyMs: 4_000,
    read: (signal) => readDeliveries(client, filter, signal),
  });
  return (
    <>
      <div class="title">
        <Heading title="Deliveries">Deliveries</Heading>
        <Freshness isRead={data !== null} failure={failure} />
      </div>
      <Failure text={failure} />
      {data === null ? (
        failure === null && <Reading />
      ) : (
        <>
          <Endpoints of={data.endpoints} again={again} />
          <Filters filter={filter} endpoints={data.endpoints} />
          {data.deliveries.length === 0 ? (
            <p class="soft" role="status">
              No delivery matches.
            </p>
          ) : (
            <Table rows={data.deliveries} endpoints={data.endpoints} />
          )}
        </>
      )}
    </>
  );
}

function Endpoints({ of, again }: { of: readonly Endpoint[]; again: () => void }) {
  const { client } = useConsole();
  const [said, say] = useState<{ readonly text: string; readonly isBad: boolean } | null>(null);
  const [isBusy, setBusy] = useState(false);
  async function give(command: EndpointCommand, endpoint: Endpoint): Promise<void> {
    setBusy(true);
    try {
      say({ text: await command(client, endpoint), isBad: false });
    } catch (error) {
      say({ text: sayFailure(error), isBad: true });
    } finally {
      setBusy(false);
      again();
    }
  }
  return (
    <Card title={of.length === 1 ? '1 endpoint' : `${counted(of.length)} endpoints`}>
      {said !== null && (
        <p class={said.isBad ? 'notice bad' : 'notice'} role="status">
          {said.text}
        </p>
      )}
      {of.length === 0 && (
        <p class="soft">
          None yet. Make one with <code>POST /v1/endpoints</code> or <code>npx mooring endpoints add</code>.
        </p>
      )}
      <ul class="endpoints">
        {of.map((endpoint) => (
          <li key={endpoint.id}>
            <Health of={endpoint} />
            <span class="where">
              <b>{nameOf(endpoint)}</b>{' '}
              <span class="soft">
                {endpoint.name !== '' && `${endpoint.url} · `}
                {endpoint.eventTypes.length === 0 ? 'all events' : endpoint.eventTypes.join(', ')}
              </span>
            </span>
            <span class="actions">
              {endpoint.status === 'enabled' ? (
                <>
                  <Button name="Test" {...{ endpoint, isBusy, give }} command={testEndpoint} />
                  <Button name="Send failed again" {...{ endpoint, isBusy, give }} command={replayFailed} />
                  <Button name="Disable" {...{ endpoint, isBusy, give }} command={setEnabled(false)} />
                </>
              ) : (
                <Button name="Enable" {...{ endpoint, isBusy, give }} command={setEnabled(true)} />
              )}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Button(props: {
  name: string;
  endpoint: Endpoint;
  isBusy: boolean;
  command: EndpointCommand;
  give: (command: EndpointCommand, endpoint: Endpoint) => Promise<void>;
}) {
  const { name, endpoint, isBusy, command, give } = props;
  return (
    <button type="button" class="small" disabled={isBusy} onClick={() => void give(command, endpoint)}>
      {name}
    </button>
  );
}

function Health({ of }: { of: Endpoint }) {
  if (of.status === 'disabled')
    return (
      <span>
        <Badge value="disabled" /> <span class="soft">{spoken(of.disabledBecause ?? '').toLowerCase()}</span>
      </span>
    );
  if (of.failingSince === null) return <Badge value="enabled" />;
  return (
    <span>
      <Badge value="failing" />{' '}
      <span class="soft">
        since <When at={of.failingSince} />
      </span>
    </span>
  );
}

function Filters({ filter, endpoints }: { filter: DeliveryFilter; endpoints: readonly Endpoint[] }) {
  const change = (part: DeliveryFilter) =>
    location.replace(addressOf({ page: 'deliveries', filter: { ...filter, ...part } }));
  return (
    <search class="filters">
      <label>
        <span>State</span>
        <select value={filter.state ?? ''} onChange={(event) => change({ state: event.currentTarget.value })}>
          <option value="">All</option>
          {DELIVERY_STATES.map((state) => (
            <option key={state} value={state}>
              {spoken(state)}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>Endpoint</span>
        <select
          value={filter.endpointId ?? ''}
          onChange={(event) => change({ endpointId: event.currentTarget.value })}
        >
          <option value="">All</option>
          {endpoints.map((one) => (
            <option key={one.id} value={one.id}>
              {nameOf(one)}
            </option>
          ))}
        </select>
      </label>
    </search>
  );
}

/** Two endpoints of one host are told apart by their paths. */
function nameOf({ name, url }: Endpoint): string {
  const { host, pathname } = new URL(url);
  return name === '' ? `${host}${pathname === '/' ? '' : pathname}` : name;
}

function Table({ rows, endpoints }: { rows: readonly Delivery[]; endpoints: readonly Endpoint[] }) {
  const names = new Map(endpoints.map((one) => [one.id, nameOf(one)]));
  return (
    <section class="scroll" aria-label="Deliveries">
      <table class="stacked">
        <Columns of={['Event', 'State', 'Endpoint', 'Attempts', 'Made', 'Next']} numbers={['Attempts']} />
        <tbody>
          {rows.map((one) => (
            <tr key={one.id}>
              <th scope="row">
                <a href={addressOf({ page: 'delivery', id: one.id })}>{one.eventType}</a>
              </th>
              <td data-label="State">
                <Badge value={one.state} />
              </td>
              <td data-label="Endpoint">{names.get(one.endpointId) ?? one.endpointId}</td>
              <td class="number" data-label="Attempts">
                {one.attempts}
              </td>
              <td data-label="Made">
                <When at={one.createdAt} />
              </td>
              <td data-label="Next">
                <When at={one.nextAttemptAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
