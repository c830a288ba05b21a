// One approval for several shops, as the platform's data says: exchanged once for what all of them share, then once a shop for a credential of
// its own. It must never let two connections hold one refresh token.
import { MooringError } from '../domain/errors.ts';
import type { AuthMethod, CodeObtain, Json, SharedMarkets, SplitShops } from '../domain/platform.ts';
import { isObject, textOf, valueAt } from '../platforms/json.ts';
import { parseShop } from '../platforms/shop.ts';
import { revealed } from './context.ts';
import { exchange } from './exchange.ts';
import type { GrantContext } from './grant-context.ts';
import type { Before, Issued } from './token-answer.ts';

type Shop = Readonly<Record<string, string>>;
type Approval = Readonly<Record<string, string>>;

/** More than any account is known to have; an answer with more is not the documented form. */
const MAX_SHOPS = 1_000;

/** How an approval is split, when it is for several shops. */
export function splitOf({ severalShops }: CodeObtain, approval: Approval): SplitShops | null {
  if (severalShops?.kind !== 'split') return null;
  return (approval[severalShops.when] ?? '') === '' ? null : severalShops;
}

/** What all the shops share, and which they are. It is no shop's credential: each has its own made of it. */
export async function fromSplit(
  context: GrantContext,
  method: AuthMethod,
  split: SplitShops,
  input: { readonly before: Before; readonly approval: Approval },
): Promise<Issued & { readonly shop: Shop; readonly shops: readonly Shop[] }> {
  const { issued, shop, body } = await exchange(context, method, split.token, input);
  return { ...issued, shop, shops: shopsIn(context, split, body) };
}

/** One shop's own credential. `authorization` holds what all shops share; `shop` says which one. */
export async function shareOf(context: GrantContext): Promise<Issued & { readonly shop: Shop }> {
  const { method, split } = splitMethod(context);
  const shared = revealed(context.authorization);
  const before = { parts: shared, lifetimeS: null, refreshExpiresAtMs: null };
  const { issued, shop } = await exchange(context, method, split.perShop, { before });
  const isShared = issued.parts['refreshToken'] === shared['refreshToken'];
  if (method.renew.kind === 'refresh_token' && isShared)
    throw new MooringError(
      'platform_answer_invalid',
      'the token answer has no refresh token for the shop alone',
    );
  return { ...issued, shop };
}

/** The markets one grant covers, where the token answer lists them; null where it does not. */
export function marketsIn({ severalShops }: CodeObtain, body: Json): readonly string[] | null {
  if (severalShops?.kind !== 'markets') return null;
  return listAt(body, severalShops.list.path).flatMap((entry) => marketOf(severalShops, entry) ?? []);
}

function marketOf({ list }: SharedMarkets, entry: Json): string | null {
  return textOf(list.name === undefined ? entry : valueAt(entry, list.name));
}

function splitMethod({ platform }: GrantContext): { method: AuthMethod; split: SplitShops } {
  for (const method of platform.auth) {
    const several = method.obtain.kind === 'authorization_code' ? method.obtain.severalShops : undefined;
    if (several?.kind === 'split') return { method, split: several };
  }
  throw new MooringError('internal', `no approval of "${platform.id}" is for several shops`);
}

function shopsIn(context: GrantContext, { list }: SplitShops, body: Json): readonly Shop[] {
  const entries = listAt(body, list.path).map((entry) => textOf(entry));
  const ids = [...new Set(entries.filter((id) => id !== null))];
  if (ids.length > MAX_SHOPS)
    throw new MooringError('platform_answer_invalid', `the token answer lists ${ids.length} shops`);
  return ids.map((id) => parseShop(context.platform, { ...context.shop, [list.shopField]: id }));
}

function listAt(body: Json, path: string): readonly Json[] {
  const found = isObject(body) ? valueAt(body, path) : undefined;
  if (found === undefined || found === null) return [];
  if (!Array.isArray(found))
    throw new MooringError('platform_answer_invalid', `the token answer has no list at "${path}"`);
  return found;
}
