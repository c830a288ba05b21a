// The operator's API key: in this tab's session storage and in the header of requests to this API. Never in an address, never kept longer
// than the tab.
import { createMooringClient, type MooringClient } from '../client/index.ts';

const NAME = 'mooring-key';

export function savedKey(): string | null {
  return sessionStorage.getItem(NAME);
}

export function keepKey(key: string): void {
  sessionStorage.setItem(NAME, key);
}

export function forgetKey(): void {
  sessionStorage.removeItem(NAME);
}

/** A client of the API that served this page. */
export function clientFor(key: string): MooringClient {
  return createMooringClient({ baseUrl: location.origin, apiKey: key });
}
