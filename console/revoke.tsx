// The end of a connection: first what it would take along, read at this moment, then the act.
import { useEffect, useRef, useState } from 'preact/hooks';
import { type Command, readPlan, revoke } from './commands.ts';
import { useConsole } from './context.ts';
import { sayFailure } from './live.ts';
import { Facts, Failure, Reading } from './parts.tsx';
import type { Connection, RevocationPlan } from './reads.ts';
import { counted, exactly, shopName, spoken } from './words.ts';

export function RevokeDialog(props: {
  connection: Connection;
  isBusy: boolean;
  onRevoke: (command: Command) => void;
  onClose: () => void;
}) {
  const { connection } = props;
  const { client } = useConsole();
  const ref = useRef<HTMLDialogElement>(null);
  const [plan, setPlan] = useState<RevocationPlan | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [wish, setWish] = useState({ upstream: true, erase: false });
  useEffect(() => ref.current?.showModal(), []);
  // Read when the dialog opens, and shown as it was then.
  useEffect(() => {
    readPlan(client, connection).then(setPlan, (error: unknown) => setFailure(sayFailure(error)));
  }, []);
  return (
    <dialog ref={ref} aria-labelledby="revoke-title" onClose={props.onClose}>
      <h2 id="revoke-title">Revoke {shopName(connection.shop)}?</h2>
      <Failure text={failure} />
      {plan === null ? failure === null && <Reading /> : <Plan plan={plan} isErasing={wish.erase} />}
      <label class="check">
        <input
          type="checkbox"
          checked={wish.upstream}
          onChange={(event) => setWish({ ...wish, upstream: event.currentTarget.checked })}
        />
        <span>Ask the platform to end the grant first; otherwise the secrets are destroyed at once</span>
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={wish.erase}
          onChange={(event) => setWish({ ...wish, erase: event.currentTarget.checked })}
        />
        <span>Delete the records too</span>
      </label>
      <div class="actions">
        <button
          type="button"
          class="danger full"
          disabled={plan === null || props.isBusy}
          onClick={() => props.onRevoke(revoke(wish))}
        >
          Revoke
        </button>
        <button type="button" onClick={props.onClose}>
          Keep it
        </button>
      </div>
    </dialog>
  );
}

function Plan({ plan, isErasing }: { plan: RevocationPlan; isErasing: boolean }) {
  const { runsThatStop, secretsDestroyed, subscriptionsRemoved, upstream, alerts, records } = plan;
  const kept = records.kept.map(({ resource, count }) => `${counted(count)} ${resource}`).join(', ');
  return (
    <>
      <p>It cannot be undone: the merchant would have to approve again.</p>
      <Facts
        of={[
          [
            'Runs that stop',
            runsThatStop.length === 0 ? 'None' : runsThatStop.map(({ runId }) => runId).join(', '),
          ],
          [
            'Secrets destroyed',
            secretsDestroyed.length === 0
              ? 'None'
              : secretsDestroyed
                  .map(
                    ({ kind, generations }) =>
                      `${spoken(kind)}, ${counted(generations)} ${generations === 1 ? 'generation' : 'generations'}`,
                  )
                  .join('; '),
          ],
          [
            'Subscriptions removed',
            subscriptionsRemoved.length === 0 ? 'None' : subscriptionsRemoved.join(', '),
          ],
          [
            'At the platform',
            upstream === 'asked' ? 'Is asked to end the grant' : 'Cannot be asked to end the grant',
          ],
          [
            'Records',
            kept === ''
              ? 'None'
              : isErasing
                ? `${kept}: deleted`
                : `${kept}: kept until ${records.until === null ? 'then' : exactly(records.until)}`,
          ],
          ['Events', alerts.join(', ')],
        ]}
      />
    </>
  );
}
