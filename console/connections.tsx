// The list of connections: filters and search live in the address, so that a view can be kept and sent.
import { useEffect, useRef, useState } from 'preact/hooks';
import { useConsole } from './context.ts';
import { useLive } from './live.ts';
import { Badge, Columns, Failure, Freshness, Heading, Reading, When } from './parts.tsx';
import { type Connection, readConnections } from './reads.ts';
import { addressOf, type ConnectionFilter } from './route.ts';
import { counted, STATES, shopName, spoken } from './words.ts';

const TYPED_MS = 250;

export function ConnectionsPage({ filter }: { filter: ConnectionFilter }) {
  const { client } = useConsole();
  const address = addressOf({ page: 'connections', filter });
  const [shown, setShown] = useState({ address, pages: 1 });
  const pages = shown.address === address ? shown.pages : 1;
  const { data, failure } = useLive({
    of: `${address} ${pages}`,
    everyMs: 5_000 * pages,
    read: (signal) => readConnections(client, { filter, pages }, signal),
  });
  const kept = useRef(data);
  if (data !== null) kept.current = data;
  const list = data ?? kept.current;
  return (
    <>
      <div class="title">
        <Heading title="Connections">Connections</Heading>
        <Freshness isRead={data !== null} failure={failure} />
      </div>
      <Filters filter={filter} />
      <Failure text={failure} />
      {list === null ? (
        failure === null && <Reading />
      ) : (
        <>
          <p class="soft" role="status">
            {list.data.length === 0
              ? 'No connection matches.'
              : `${counted(list.data.length)}${list.hasMore ? '+' : ''} shown`}
          </p>
          {list.data.length > 0 && <Table rows={list.data} />}
          {list.hasMore && (
            <button type="button" onClick={() => setShown({ address, pages: pages + 1 })}>
              Show more
            </button>
          )}
        </>
      )}
    </>
  );
}

function Filters({ filter }: { filter: ConnectionFilter }) {
  const { platforms, tenants } = useConsole();
  const change = (part: ConnectionFilter) =>
    location.replace(addressOf({ page: 'connections', filter: { ...filter, ...part } }));
  return (
    <search class="filters">
      <Search text={filter.search ?? ''} onSearch={(search) => change({ search })} />
      <Choice
        label="State"
        value={filter.state}
        of={STATES.map((state) => [state, spoken(state)])}
        onChoose={(state) => change({ state })}
      />
      <Choice
        label="Platform"
        value={filter.platform}
        of={[...platforms]}
        onChoose={(platform) => change({ platform })}
      />
      {tenants.size > 1 && (
        <Choice
          label="Tenant"
          value={filter.tenantId}
          of={[...tenants]}
          onChoose={(tenantId) => change({ tenantId })}
        />
      )}
    </search>
  );
}

/** Searches when typing rests, so that a word is one search. */
function Search({ text, onSearch }: { text: string; onSearch: (text: string) => void }) {
  const [typed, setTyped] = useState(text);
  useEffect(() => setTyped(text), [text]);
  useEffect(() => {
    if (typed.trim() === text) return;
    const timer = setTimeout(() => onSearch(typed.trim()), TYPED_MS);
    return () => clearTimeout(timer);
  });
  return (
    <label>
      <span>Search</span>
      <input
        type="search"
        value={typed}
        placeholder="Shop, address or id"
        maxLength={100}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
    </label>
  );
}

function Choice(props: {
  label: string;
  value: string | undefined;
  of: readonly (readonly [string, string])[];
  onChoose: (value: string) => void;
}) {
  return (
    <label>
      <span>{props.label}</span>
      <select value={props.value ?? ''} onChange={(event) => props.onChoose(event.currentTarget.value)}>
        <option value="">All</option>
        {props.of.map(([value, name]) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

function Table({ rows }: { rows: readonly Connection[] }) {
  const { platforms, tenants } = useConsole();
  return (
    <div class="scroll">
      <table class="stacked">
        <Columns
          of={[
            'Shop',
            'Platform',
            ...(tenants.size > 1 ? ['Tenant'] : []),
            'State',
            'Since',
            'Last sync',
            'Credential expires',
          ]}
        />
        <tbody>
          {rows.map((one) => (
            <tr key={one.id}>
              <th scope="row">
                <a href={addressOf({ page: 'connection', id: one.id })}>{shopName(one.shop)}</a>
              </th>
              <td data-label="Platform">{platforms.get(one.platform) ?? one.platform}</td>
              {tenants.size > 1 && <td data-label="Tenant">{tenants.get(one.tenantId) ?? one.tenantId}</td>}
              <td data-label="State">
                <Badge value={one.state} />
              </td>
              <td data-label="Since">
                <When at={one.stateSince} />
              </td>
              <td data-label="Last sync">
                <When at={one.sync.lastAt} />
              </td>
              <td data-label="Credential expires">
                <When at={one.credential.expiresAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
