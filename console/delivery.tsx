// One delivery: every attempt with what was sent and what came back, and sending it again.
import { useState } from 'preact/hooks';
import { useConsole } from './context.ts';
import { type Attempt, type DeliveryWithAttempts, readDelivery, replayDelivery } from './delivery-reads.ts';
import { sayFailure, useLive } from './live.ts';
import { Badge, Card, Facts, Failure, Freshness, Heading, Reading, When } from './parts.tsx';
import { addressOf } from './route.ts';
import { spoken } from './words.ts';

export function DeliveryPage({ id }: { id: string }) {
  const { client } = useConsole();
  const [said, say] = useState<{ readonly text: string; readonly isBad: boolean } | null>(null);
  const { data, failure, again } = useLive({
    of: id,
    everyMs: 3_000,
    read: (signal) => readDelivery(client, id, signal),
  });
  async function sendAgain(): Promise<void> {
    try {
      await replayDelivery(client, id);
      say({ text: 'It is sent again.', isBad: false });
    } catch (error) {
      say({ text: sayFailure(error), isBad: true });
    }
    again();
  }
  return (
    <>
      <div class="title">
        <Heading title="Delivery">{data === null ? 'Delivery' : data.eventType}</Heading>
        <Freshness isRead={data !== null} failure={failure} />
      </div>
      <Failure text={failure} />
      {said !== null && (
        <p class={said.isBad ? 'notice bad' : 'notice'} role="status">
          {said.text}
        </p>
      )}
      {data === null ? failure === null && <Reading /> : <View of={data} onAgain={() => void sendAgain()} />}
    </>
  );
}

function View({ of, onAgain }: { of: DeliveryWithAttempts; onAgain: () => void }) {
  return (
    <>
      <Card title="Delivery" aside={<Badge value={of.state} />}>
        <Facts
          of={[
            ['Event', <code key="event">{of.eventId}</code>],
            ['Endpoint', <code key="endpoint">{of.endpointId}</code>],
            [
              'Connection',
              of.connectionId === null ? null : (
                <a key="connection" href={addressOf({ page: 'connection', id: of.connectionId })}>
                  <code>{of.connectionId}</code>
                </a>
              ),
            ],
            ['Given up because', of.because === null ? null : spoken(of.because).toLowerCase()],
            ['Next attempt', of.nextAttemptAt === null ? null : <When key="next" at={of.nextAttemptAt} />],
          ]}
        />
        {of.state !== 'pending' && (
          <div class="actions">
            <button type="button" onClick={onAgain}>
              Send again
            </button>
          </div>
        )}
      </Card>
      {of.attemptLog.length === 0 && <p class="soft">Not tried yet.</p>}
      {of.attemptLog.map((attempt) => (
        <AttemptCard key={attempt.number} of={attempt} />
      ))}
    </>
  );
}

function AttemptCard({ of }: { of: Attempt }) {
  const isTaken = of.status !== null && of.status >= 200 && of.status < 300;
  return (
    <Card
      title={`Attempt ${of.number}`}
      aside={
        <span class="soft">
          <When at={of.at} /> · {of.tookMs} ms
        </span>
      }
    >
      <p>
        <span class={`badge ${isTaken ? 'good' : 'bad'}`}>
          {of.status ?? spoken(of.error ?? 'no answer')}
        </span>
      </p>
      {of.answer !== null && of.answer !== '' && (
        <>
          <h3>Answer</h3>
          <pre>{of.answer}</pre>
        </>
      )}
      <details>
        <summary>Request</summary>
        <pre>
          {Object.entries(of.request.headers)
            .map(([name, value]) => `${name}: ${value}`)
            .join('\n')}
        </pre>
        <pre>{prettily(of.request.body)}</pre>
      </details>
    </Card>
  );
}

function prettily(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
