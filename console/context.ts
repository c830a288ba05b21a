// What every page of the console is given: the client, the names behind ids, and the way out when the key is refused.
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { MooringClient } from '../client/index.ts';

export interface Console {
  readonly client: MooringClient;
  /** Tenants' names by id; empty for a key of one tenant. */
  readonly tenants: ReadonlyMap<string, string>;
  readonly platforms: ReadonlyMap<string, string>;
  /** Forgets the key and asks for one, saying why. */
  leave(because: string | null): void;
}

export const ConsoleContext = createContext<Console | null>(null);

export function useConsole(): Console {
  const found = useContext(ConsoleContext);
  if (found === null) throw new Error('a page is shown outside the console');
  return found;
}
