// What only a call with the new token tells: which shops it is good for, and what further calls need. One shop is taken; which, is never guessed.
import { MooringError } from '../domain/errors.ts';
import type { Discovery } from '../domain/platform.ts';
import { Secret } from '../domain/secret.ts';
import { shopAfterTold } from '../platforms/shop.ts';
import type { GrantContext } from './grant-context.ts';
import type { Issued } from './token-answer.ts';

type Shop = Readonly<Record<string, string>>;

/** Throws shop_ambiguous, shop_mismatch, credential_rejected where the token is good for no shop, and the codes of a call. */
export async function discover(
  context: GrantContext,
  discovery: Discovery | undefined,
  issued: Issued,
  shop: Shop,
): Promise<{ readonly issued: Issued; readonly shop: Shop }> {
  if (discovery === undefined) return { issued, shop };
  if (context.call === undefined) throw new MooringError('internal', 'a discovery needs a call');
  const parts = Object.entries(issued.parts).map(([name, text]) => [name, new Secret(text)] as const);
  const material = { kind: issued.kind, parts: Object.fromEntries(parts) };
  const { body } = await context.call(material, discovery.request(shop), shop);
  const found = choose(discovery.read({ body }), shop);
  return {
    issued: { ...issued, parts: { ...issued.parts, ...found.parts } },
    shop: checked(context, shop, found.shop),
  };
}

type Found = ReturnType<Discovery['read']>[number];

function choose(found: readonly Found[], shop: Shop): Found {
  const fits = found.filter((one) =>
    Object.entries(one.shop).every(([name, value]) => shop[name] === undefined || shop[name] === value),
  );
  const [only, another] = fits;
  if (only !== undefined && another === undefined) return only;
  if (another !== undefined)
    throw new MooringError('shop_ambiguous', `the approval covers ${fits.length} shops and none was named`, {
      detail: { shops: fits.slice(0, 20).map(({ name }) => name) },
    });
  const code = found.length === 0 ? 'credential_rejected' : 'shop_mismatch';
  throw new MooringError(code, 'the approval does not cover the shop');
}

function checked({ platform }: GrantContext, shop: Shop, told: Shop): Shop {
  const fields = Object.fromEntries(Object.keys(told).map((name) => [name, name]));
  return shopAfterTold(platform, fields, shop, {
    valueAt: (name) => told[name],
    refusedAs: 'platform_answer_invalid',
  });
}
