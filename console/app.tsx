// The frame: asks for a key, then shows the page the address names, with the way to the others.
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import { MooringApiError } from '../client/index.ts';
import { ConnectionPage } from './connection.tsx';
import { ConnectionsPage } from './connections.tsx';
import { type Console, ConsoleContext } from './context.ts';
import { DeliveriesPage } from './deliveries.tsx';
import { DeliveryPage } from './delivery.tsx';
import { EventsPage } from './events.tsx';
import { FleetPage } from './fleet.tsx';
import { sayFailure } from './live.ts';
import { Failure, Heading } from './parts.tsx';
import { PrivacyPage } from './privacy.tsx';
import { readPlatforms, readTenants } from './reads.ts';
import { addressOf, parseRoute, type Route } from './route.ts';
import { clientFor, forgetKey, keepKey, savedKey } from './session.ts';

export function App() {
  const [key, setKey] = useState(savedKey);
  const [because, setBecause] = useState<string | null>(null);
  const leave = useCallback((why: string | null) => {
    forgetKey();
    setBecause(why);
    setKey(null);
  }, []);
  const enter = useCallback((entered: string) => {
    keepKey(entered);
    setBecause(null);
    setKey(entered);
  }, []);
  return key === null ? (
    <KeyForm because={because} onEnter={enter} />
  ) : (
    <Signed key={key} apiKey={key} leave={leave} />
  );
}

function KeyForm({ because, onEnter }: { because: string | null; onEnter: (key: string) => void }) {
  const [failure, setFailure] = useState<string | null>(because);
  const [isChecking, setChecking] = useState(false);
  async function check(entered: string): Promise<void> {
    setChecking(true);
    setFailure(null);
    try {
      await readPlatforms(clientFor(entered), AbortSignal.timeout(15_000));
      onEnter(entered);
    } catch (error) {
      const isRefused = error instanceof MooringApiError && error.problem.code === 'unauthenticated';
      setFailure(isRefused ? 'The API does not take this key.' : sayFailure(error));
      setChecking(false);
    }
  }
  return (
    <main class="entrance">
      <Brand />
      <Heading title="Console">Operator console</Heading>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const entered = new FormData(event.currentTarget).get('key');
          if (typeof entered === 'string' && entered.trim() !== '') void check(entered.trim());
        }}
      >
        <label>
          <span>API key</span>
          <input
            type="password"
            name="key"
            autocomplete="off"
            spellcheck={false}
            required
            aria-describedby="about-key"
          />
        </label>
        <p class="soft" id="about-key">
          Kept in this tab until you close it, and sent to this API alone. The local stack writes one to{' '}
          <code>.mooring/local.json</code>.
        </p>
        <Failure text={failure} />
        <button type="submit" class="primary" disabled={isChecking}>
          {isChecking ? 'Opening…' : 'Open'}
        </button>
      </form>
    </main>
  );
}

const NONE: ReadonlyMap<string, string> = new Map();

function Signed({ apiKey, leave }: { apiKey: string; leave: Console['leave'] }) {
  const client = useMemo(() => clientFor(apiKey), [apiKey]);
  const [names, setNames] = useState({ tenants: NONE, platforms: NONE });
  useEffect(() => {
    const ending = new AbortController();
    // Names are a courtesy: without them ids are shown.
    const orNone = (names: Promise<ReadonlyMap<string, string>>) => names.catch(() => NONE);
    void Promise.all([
      orNone(readTenants(client, ending.signal)),
      orNone(readPlatforms(client, ending.signal)),
    ]).then(([tenants, platforms]) => {
      if (!ending.signal.aborted) setNames({ tenants, platforms });
    });
    return () => ending.abort();
  }, [client]);
  const given = useMemo(() => ({ client, leave, ...names }), [client, leave, names]);
  const route = useRoute();
  return (
    <ConsoleContext.Provider value={given}>
      <button type="button" class="skip" onClick={toContent}>
        To the content
      </button>
      <header class="top">
        <Brand />
        <nav aria-label="Pages">
          <Tab to={{ page: 'fleet' }} route={route} name="Fleet" />
          <Tab to={{ page: 'connections', filter: {} }} route={route} name="Connections" />
          <Tab to={{ page: 'events' }} route={route} name="Events" />
          <Tab to={{ page: 'deliveries', filter: {} }} route={route} name="Deliveries" />
          <Tab to={{ page: 'privacy' }} route={route} name="Privacy" />
        </nav>
        <button type="button" class="small" onClick={() => leave(null)}>
          Forget the key
        </button>
      </header>
      <main id="content">
        <Page route={route} />
      </main>
    </ConsoleContext.Provider>
  );
}

function Page({ route }: { route: Route }) {
  switch (route.page) {
    case 'fleet':
      return <FleetPage />;
    case 'connections':
      return <ConnectionsPage filter={route.filter} />;
    case 'connection':
      return <ConnectionPage key={route.id} id={route.id} />;
    case 'events':
      return <EventsPage />;
    case 'deliveries':
      return <DeliveriesPage filter={route.filter} />;
    case 'delivery':
      return <DeliveryPage key={route.id} id={route.id} />;
    case 'privacy':
      return <PrivacyPage />;
    case 'nowhere':
      return <Heading title="Not found">There is no such page</Heading>;
  }
}

function Tab(props: { to: Exclude<Route, { page: 'nowhere' }>; route: Route; name: string }) {
  const isHere = props.route.page === props.to.page;
  const isWithin =
    (props.route.page === 'connection' && props.to.page === 'connections') ||
    (props.route.page === 'delivery' && props.to.page === 'deliveries');
  return (
    <a href={addressOf(props.to)} aria-current={isHere ? 'page' : isWithin ? 'true' : undefined}>
      {props.name}
    </a>
  );
}

function Brand() {
  return (
    <span class="brand">
      <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
        <circle cx="12" cy="5" r="2.2" />
        <path d="M12 7.2V20M8 10.5h8M4 14c0 4 3.6 6.5 8 6.5s8-2.5 8-6.5M4 14l-1.6 2M4 14l2.2 1.4M20 14l1.6 2M20 14l-2.2 1.4" />
      </svg>
      Mooring
    </span>
  );
}

/** No link: the part of the address after the # holds the page. */
function toContent(): void {
  document.querySelector<HTMLElement>('main h1')?.focus();
}

function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const follow = () => {
      setHash(location.hash);
    };
    addEventListener('hashchange', follow);
    // It may have changed before anybody listened.
    follow();
    return () => removeEventListener('hashchange', follow);
  }, []);
  return useMemo(() => parseRoute(hash), [hash]);
}
