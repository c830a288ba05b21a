// Which endpoints a platform's data calls, found by asking its own pure functions. What is called and not among them came through the proxy,
// or should not have been called at all.
import type { Platform } from '../domain/platform.ts';

export interface DeclaredEndpoint {
  readonly endpoint: string;
  /** what calls it: proof, revoke, subscriptions, or a resource */
  readonly by: string;
  readonly version: string;
  /** YYYY-MM-DD, or null where none is announced */
  readonly sunset: string | null;
}

const PASS = { sinceMs: 0, untilMs: 1, pageSize: 1, facts: {} } as const;

export function declaredEndpoints(platform: Platform): readonly DeclaredEndpoint[] {
  const shop = Object.fromEntries(platform.shop.map((field) => [field.name, field.example]));
  const found = new Map<string, string>();
  const note = (by: string, ask: () => { readonly endpoint: string }) => {
    const endpoint = endpointOf(ask);
    if (endpoint !== null && !found.has(endpoint)) found.set(endpoint, by);
  };
  note('proof', () => platform.proof.request(shop));
  for (const [name, resource] of Object.entries(platform.resources)) {
    note(name, () => resource.request({ ...PASS, shop }, null));
    const { details } = resource;
    if (details !== undefined) note(name, () => details.request({ ...PASS, shop }, []));
    const { one } = resource;
    if (one !== undefined && 'request' in one) note(name, () => one.request({ ...PASS, shop }, '1'));
  }
  const { revoke } = platform;
  if (revoke !== undefined && 'request' in revoke)
    note('revoke', () => revoke.request(shop, { clientId: '' }));
  const { subscribe } = platform.notifications ?? {};
  if (subscribe !== undefined) {
    const topic = Object.keys(platform.notifications?.topics ?? {})[0] ?? '';
    const wish = { topic, topics: [topic], address: 'https://us.example/notify/-', secret: null };
    note('subscriptions', () => subscribe.list(1, shop));
    note('subscriptions', () => subscribe.create(wish, shop));
    note('subscriptions', () => subscribe.remove('1', shop));
  }
  for (const { endpoint } of platform.endpoints ?? []) if (!found.has(endpoint)) found.set(endpoint, 'data');
  return [...found].map(([endpoint, by]) => ({ endpoint, by, ...versionOf(platform, endpoint) }));
}

export function versionOf(
  platform: Platform,
  endpoint: string,
): { readonly version: string; readonly sunset: string | null } {
  const own = platform.endpoints?.find((one) => one.endpoint === endpoint);
  const { name, sunset } = platform.apiVersion;
  return own === undefined ? { version: name, sunset } : { version: own.version, sunset: own.sunset };
}

/** A function that needs real items to ask about names its endpoint only then. */
function endpointOf(ask: () => { readonly endpoint: string }): string | null {
  try {
    return ask().endpoint;
  } catch {
    return null;
  }
}
