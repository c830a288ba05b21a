// One connection: how it is and why, what to do, what it syncs, what it lived through.
import { useCallback, useState } from 'preact/hooks';
import { Actions } from './actions.tsx';
import { useConsole } from './context.ts';
import { DiagnosisCard } from './diagnosis.tsx';
import { useLive } from './live.ts';
import { MoveCard } from './move.tsx';
import { NotificationsCard } from './notifications.tsx';
import { Badge, Card, Copyable, Facts, Failure, Heading, Reading, When } from './parts.tsx';
import { type Connection, type ConnectionView, type Details, readConnection, readDetails } from './reads.ts';
import { ResourcesCard } from './resources.tsx';
import { addressOf } from './route.ts';
import { RunsCard } from './runs.tsx';
import { SetAsideCard, TimelineCard } from './timeline.tsx';
import { shopName, spoken } from './words.ts';

const RUNNING_EVERY_MS = 1_500;
const RESTING_EVERY_MS = 5_000;

export function ConnectionPage({ id }: { id: string }) {
  const { client } = useConsole();
  const { data, failure, again } = useLive({
    of: id,
    everyMs: ({ runs }: ConnectionView) =>
      runs.some((run) => run.finishedAt === null) ? RUNNING_EVERY_MS : RESTING_EVERY_MS,
    read: (signal) => readConnection(client, id, signal),
  });
  return (
    <>
      <nav class="crumbs" aria-label="Way back">
        <a href={addressOf({ page: 'connections', filter: {} })}>Connections</a>
      </nav>
      {data === null ? (
        <>
          <Heading title="Connection">Connection</Heading>
          {failure === null ? <Reading /> : <Failure text={failure} />}
        </>
      ) : (
        <View {...data} failure={failure} again={again} />
      )}
    </>
  );
}

function View(props: ConnectionView & { failure: string | null; again: () => void }) {
  const { connection, runs, again } = props;
  const { client, tenants, platforms } = useConsole();
  const [said, setSaid] = useState<{ text: string; isBad: boolean } | null>(null);
  const say = useCallback((text: string, isBad = false) => setSaid({ text, isBad }), []);
  // Costly or rarely new: read when the connection moved or a run ended.
  const details = useLive({
    of: `${connection.id} ${connection.updatedAt} ${runs.map((run) => run.finishedAt).join()}`,
    everyMs: null,
    read: (signal) => readDetails(client, connection.id, signal),
  });
  const name = shopName(connection.shop);
  return (
    <>
      <div class="title">
        <Heading title={name}>{name}</Heading>
        <Badge value={connection.state} />
      </div>
      <p class="soft under-title">
        {platforms.get(connection.platform) ?? connection.platform} ·{' '}
        {tenants.get(connection.tenantId) ?? connection.tenantId} · since <When at={connection.stateSince} />{' '}
        · <Copyable text={connection.id} label="the connection's id" />
      </p>
      <Failure text={props.failure} />
      <Actions connection={connection} say={say} again={again} />
      <p role="status" class={said === null ? 'unsaid' : said.isBad ? 'notice bad' : 'notice good'}>
        {said?.text}
      </p>
      <MoveCard connection={connection} say={say} again={again} />
      <DiagnosisCard connection={connection} />
      <RunsCard connection={connection} runs={runs} say={say} again={again} />
      <Failure text={details.failure} />
      <Below connection={connection} runs={runs} details={useKept(details.data)} />
    </>
  );
}

function Below({ connection, runs, details }: ConnectionView & { details: Details | null }) {
  return (
    <>
      <ResourcesCard connection={connection} runs={runs} plan={details?.plan ?? null} />
      <NotificationsCard connectionId={connection.id} />
      <div class="two">
        <CredentialCard connection={connection} kind={details?.plan.secretsDestroyed[0]?.kind ?? null} />
        <TimelineCard entries={details?.timeline ?? null} />
      </div>
      {details !== null && details.setAside.length > 0 && <SetAsideCard items={details.setAside} />}
    </>
  );
}

/** The newest value that is not null, so that reading again does not blank the page. */
function useKept<T>(value: T | null): T | null {
  const [kept, keep] = useState(value);
  if (value !== null && value !== kept) keep(value);
  return value ?? kept;
}

function CredentialCard({ connection, kind }: { connection: Connection; kind: string | null }) {
  const { credential, grantedScopes, permissions, clientRegistrationId, revocation } = connection;
  return (
    <Card title="Credential">
      <p class="soft">What may be known without opening it.</p>
      <Facts
        of={[
          ['Kind', kind === null ? null : spoken(kind)],
          ['Generation', String(credential.generation)],
          ['Expires', credential.expiresAt === null ? 'Does not expire' : <When at={credential.expiresAt} />],
          ['Next refresh', credential.nextRefreshAt && <When at={credential.nextRefreshAt} />],
          ['Last refresh', credential.lastRefreshAt && <When at={credential.lastRefreshAt} />],
          ['Refresh token expires', credential.refreshExpiresAt && <When at={credential.refreshExpiresAt} />],
          ['Permissions', <Words of={permissions} />],
          ['Granted scopes', grantedScopes.length === 0 ? null : <Words of={grantedScopes} />],
          ['Client registration', clientRegistrationId && <code>{clientRegistrationId}</code>],
          ['Fenced', revocation?.fencedAt ? <When at={revocation.fencedAt} /> : null],
          ['Revoked', revocation?.revokedAt ? <When at={revocation.revokedAt} /> : null],
          ['At the platform', revocation?.upstream ? spoken(revocation.upstream) : null],
          [
            'Records kept until',
            revocation?.recordsKeptUntil ? <When at={revocation.recordsKeptUntil} /> : null,
          ],
        ]}
      />
    </Card>
  );
}

function Words({ of }: { of: readonly string[] }) {
  return (
    <span class="words">
      {of.map((word) => (
        <code key={word}>{word}</code>
      ))}
    </span>
  );
}
