// The commands to one connection, as buttons: those that make sense in its state. A command under way disables them all.
import { useState } from 'preact/hooks';
import {
  type Command,
  makeReconnectLink,
  pause,
  type ReconnectLink,
  refreshNow,
  resume,
  syncNow,
} from './commands.ts';
import { useConsole } from './context.ts';
import { sayFailure } from './live.ts';
import { Copyable, When } from './parts.tsx';
import type { Connection } from './reads.ts';
import { RevokeDialog } from './revoke.tsx';

export interface CommandProps {
  readonly connection: Connection;
  say(text: string, isBad?: boolean): void;
  again(): void;
}

/** Runs commands one at a time, says how each went, and reads the page again. */
export function useCommands({ connection, say, again }: CommandProps) {
  const { client } = useConsole();
  const [isBusy, setBusy] = useState(false);
  async function give(command: Command): Promise<void> {
    setBusy(true);
    try {
      say(await command(client, connection));
    } catch (error) {
      say(sayFailure(error), true);
    } finally {
      setBusy(false);
      again();
    }
  }
  return { isBusy, give: (command: Command) => void give(command) };
}

const ENDED: readonly string[] = ['revoked', 'abandoned', 'revoking'];
const SYNCING: readonly string[] = ['active', 'degraded'];

export function Actions(props: CommandProps) {
  const { connection, say } = props;
  const { client } = useConsole();
  const { isBusy, give } = useCommands(props);
  const [link, setLink] = useState<ReconnectLink | null>(null);
  const [isRevoking, setRevoking] = useState(false);
  const { state, pausedBy } = connection;
  if (ENDED.includes(state)) return null;
  const isSyncing = SYNCING.includes(state) && pausedBy === null;
  const isConnecting = state === 'connecting';
  const button = (name: string, command: Command) => (
    <button type="button" disabled={isBusy} onClick={() => give(command)}>
      {name}
    </button>
  );
  async function makeLink(): Promise<void> {
    try {
      setLink(await makeReconnectLink(client, connection));
    } catch (error) {
      say(sayFailure(error), true);
    }
  }
  return (
    <>
      <div class="actions">
        {isSyncing && button('Sync now', syncNow('incremental'))}
        {isSyncing && button('Backfill', syncNow('backfill'))}
        {!isConnecting && state !== 'reauth_required' && button('Refresh credential', refreshNow)}
        {!isConnecting && (pausedBy === null ? button('Pause', pause) : button('Resume', resume))}
        <button
          type="button"
          class={state === 'reauth_required' ? 'primary' : ''}
          onClick={() => void makeLink()}
        >
          Reconnect link
        </button>
        <button type="button" class="danger" onClick={() => setRevoking(true)}>
          Revoke…
        </button>
      </div>
      {link !== null && (
        <div class="notice">
          <p>
            For the merchant; whoever holds it acts as the merchant. It ends <When at={link.expiresAt} />.
          </p>
          <Copyable text={link.url} label="the reconnect link" />
        </div>
      )}
      {isRevoking && (
        <RevokeDialog
          connection={connection}
          isBusy={isBusy}
          onRevoke={(command) => {
            give(command);
            setRevoking(false);
          }}
          onClose={() => setRevoking(false)}
        />
      )}
    </>
  );
}
