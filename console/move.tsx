// A shop that was reconnected at another address waits here for somebody who knows the merchant.
import { type CommandProps, useCommands } from './actions.tsx';
import { decideMove } from './commands.ts';
import { Facts, When } from './parts.tsx';

export function MoveCard(props: CommandProps) {
  const { isBusy, give } = useCommands(props);
  const { move, shop } = props.connection;
  if (move === null) return null;
  const { authorizationId } = move;
  return (
    <section class="card diagnosis warn" aria-label="New address">
      <h2>The shop was reconnected at another address. Is it the same shop?</h2>
      <Facts
        of={[
          ['Now', Object.values(shop.values).join(', ')],
          ['New', Object.values(move.shop).join(', ')],
          ['Since', <When key="since" at={move.since} />],
          ['Refused by itself', <When key="until" at={move.until} />],
        ]}
      />
      <div class="actions">
        <button type="button" disabled={isBusy} onClick={() => give(decideMove('confirm', authorizationId))}>
          It is the same shop
        </button>
        <button
          type="button"
          class="danger"
          disabled={isBusy}
          onClick={() => give(decideMove('refuse', authorizationId))}
        >
          Refuse the new address
        </button>
      </div>
    </section>
  );
}
