/** Kaufland's subscriptions: one an event and a storefront, at an address that answers a challenge (switch `unasked`: it is not asked) [unverified]. */
import type { Call } from '../calls.ts';
import { type Answer, bodyFields, json, textField } from '../exchange.ts';
import { randomHex } from '../grants.ts';
import { iso, wholeIn } from '../listing.ts';
import { askText } from '../pushing.ts';
import type { Subscription } from '../state.ts';
import { isPushable, subscribe, subscriptionBy, subscriptionsOf, unsubscribe } from '../subscriptions.ts';
import { refuse } from './kaufland.ts';
import { EVENTS } from './push.ts';

const LONGEST_ADDRESS = 255;
const CHALLENGE_TIMEOUT_MS = 5_000;

/** Null: it is another resource. */
export function answerSubscriptions(call: Call, path: string): Answer | Promise<Answer> | null {
  const found = /^\/v2\/subscriptions(?:\/(\d+))?$/.exec(path);
  if (found === null) return null;
  const { exchange, sandbox, shop } = call;
  const { method } = exchange;
  if (found[1] === undefined) {
    if (method === 'POST') return create(call);
    return method === 'GET' ? list(call) : refuse(405, 'Method Not Allowed');
  }
  const one = subscriptionBy(sandbox, 'kaufland', shop.key, found[1]);
  if (one === null) return refuse(404, 'Subscription not found');
  if (method === 'GET') return json(200, { data: rendered(one) });
  if (method === 'PATCH') return update(call, one);
  if (method !== 'DELETE') return refuse(405, 'Method Not Allowed');
  unsubscribe(sandbox, one);
  return { status: 204, headers: {}, body: '' };
}

function list({ exchange, sandbox, shop }: Call): Answer {
  const { query } = exchange;
  const limit = wholeIn(query, 'limit', { otherwise: 20, min: 1, max: 100 });
  const offset = wholeIn(query, 'offset', { otherwise: 0, min: 0, max: Number.MAX_SAFE_INTEGER });
  if (limit === null || offset === null) return refuse(400, 'limit is from 1 to 100, offset from 0');
  const storefront = query.get('storefront');
  const all = subscriptionsOf(sandbox, 'kaufland', shop.key).filter(
    (one) => storefront === null || one.facts['storefront'] === storefront,
  );
  return json(200, {
    data: all.slice(offset, offset + limit).map(rendered),
    pagination: { offset, limit, total: all.length },
  });
}

async function create(call: Call): Promise<Answer> {
  const { exchange, sandbox, shop, grant } = call;
  const fields = bodyFields(exchange);
  const [url, email, event] = [
    textField(fields, 'callback_url'),
    textField(fields, 'fallback_email'),
    textField(fields, 'event_name'),
  ];
  const storefront = exchange.query.get('storefront') ?? '';
  if (!/^[a-z]{2}$/.test(storefront)) return refuse(400, 'storefront is needed');
  if (!EVENTS.includes(event)) return refuse(400, `event_name is one of ${EVENTS.join(', ')}`);
  if (!/^[^@\s]+@[^@\s]+$/.test(email)) return refuse(400, 'fallback_email is an e-mail address');
  if (url.length > LONGEST_ADDRESS || !isPushable(url)) return refuse(400, 'callback_url cannot be called');
  const others = subscriptionsOf(sandbox, 'kaufland', shop.key);
  if (
    others.some(
      (one) => one.url === url && one.topics.includes(event) && one.facts['storefront'] === storefront,
    )
  )
    return refuse(409, 'The subscription exists already');
  if (!(await answersChallenge(call, url))) return refuse(400, 'callback_url did not answer the challenge');
  const facts = { storefront, email };
  const wish = { platform: 'kaufland', shopKey: shop.key, url, facts, grantId: grant.id } as const;
  return json(201, { data: rendered(subscribe(sandbox, { ...wish, topics: [event] })) });
}

async function answersChallenge({ sandbox }: Call, url: string): Promise<boolean> {
  if (sandbox.state.apps.kaufland.switches['unasked'] === true) return true;
  const challenge = randomHex(16);
  const asked = await askText(sandbox, `${url}?mode=subscribe&challenge=${challenge}`, CHALLENGE_TIMEOUT_MS);
  return asked?.status === 200 && asked.text === challenge;
}

function update({ exchange, sandbox }: Call, one: Subscription): Answer {
  const active = bodyFields(exchange)['is_active'];
  if (typeof active === 'boolean') {
    one.state = active ? 'active' : 'disabled';
    one.failures = 0;
  }
  one.updatedAtMs = sandbox.now();
  sandbox.changed();
  return json(200, { data: rendered(one) });
}

function rendered(one: Subscription) {
  return {
    id_subscription: Number(one.id),
    callback_url: one.url,
    fallback_email: one.facts['email'],
    event_name: one.topics[0],
    is_active: one.state === 'active',
    storefront: one.facts['storefront'],
    ts_created_iso: iso(one.createdAtMs),
  };
}
