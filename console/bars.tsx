// Counts by state as one bar of segments, with a legend that says the same in words, so that no colour carries a meaning alone.
import { addressOf, type ConnectionFilter } from './route.ts';
import { counted, STATES, spoken, toneOf } from './words.ts';

export type ByState = ReadonlyMap<string, number>;

/** A segment a state, as wide as its share. Decoration: the legend beside it is what is read out. */
export function Bar({ of }: { of: ByState }) {
  return (
    <div class="bar" aria-hidden="true">
      {STATES.filter((state) => (of.get(state) ?? 0) > 0).map((state) => (
        <span
          key={state}
          class={`segment ${toneOf(state)} ${state}`}
          style={{ flexGrow: of.get(state) ?? 0 }}
          title={`${spoken(state)}: ${counted(of.get(state) ?? 0)}`}
        />
      ))}
    </div>
  );
}

export function Legend({ of, filter = {} }: { of: ByState; filter?: ConnectionFilter }) {
  return (
    <ul class="legend">
      {STATES.filter((state) => (of.get(state) ?? 0) > 0).map((state) => (
        <li key={state}>
          <a href={addressOf({ page: 'connections', filter: { ...filter, state } })}>
            <span class={`dot ${toneOf(state)} ${state}`} aria-hidden="true" />
            <b>{counted(of.get(state) ?? 0)}</b> {spoken(state).toLowerCase()}
          </a>
        </li>
      ))}
    </ul>
  );
}

export function addUp(rows: readonly { state: string; count: number }[]): ByState {
  const sums = new Map<string, number>();
  for (const { state, count } of rows) sums.set(state, (sums.get(state) ?? 0) + count);
  return sums;
}
