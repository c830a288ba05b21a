// A platform whose shops are subscribed to hook by hook, as data; and a shop of it that a test plays, with its hooks.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Platform } from '../../domain/platform.ts';
import type { Asked } from '../egress/door.ts';
import { SHELF } from '../sync/shelf.ts';

export interface Hook {
  readonly id: string;
  readonly topic: string;
  readonly url: string;
  readonly secret: string;
  enabled: boolean;
}

const isHook = (one: unknown): one is Hook => typeof one === 'object' && one !== null && 'topic' in one;

export const HOOKED: Platform = {
  ...SHELF,
  answers: [{ status: 404, means: 'not_found' }, ...SHELF.answers],
  notifications: {
    delivery: 'http',
    subscribedBy: 'shop',
    topics: {
      'order/changed': 'orders',
      'stock/changed': 'inventory',
      'customer/changed': 'customers',
      gone: 'uninstalled',
    },
    signature: {
      kind: 'hmac',
      in: { header: 'signature' },
      algorithm: 'sha256',
      encoding: 'hex',
      key: '{notificationSecret}',
      message: ['{body}'],
    },
    subscribe: {
      secret: 'ours',
      most: 4,
      create: ({ topic, address, secret }) => ({
        method: 'POST',
        path: '/hooks',
        body: { topic, url: address, secret },
        endpoint: 'POST /hooks',
      }),
      created: ({ body }) => ({ ref: isHook(body) ? body.id : '' }),
      list: () => ({ method: 'GET', path: '/hooks', endpoint: 'GET /hooks' }),
      listed: ({ body }) => ({
        found: (Array.isArray(body) ? body : [])
          .filter(isHook)
          .map(({ id, topic, url, enabled }) => ({ ref: id, topic, address: url, isEnabled: enabled })),
        isLast: true,
      }),
      remove: (ref) => ({ method: 'DELETE', path: `/hooks/${ref}`, endpoint: 'DELETE /hooks/{id}' }),
    },
  },
};

/** The hooks there are, and what the shop refuses. */
export interface HookShop {
  hooks: Hook[];
  /** Topics that it knows not. */
  refused: string[];
  /** Topics whose subscribing the platform is down for. */
  down: string[];
  /** One that it refuses to remove. */
  kept: string | undefined;
}

let made = 0;

export function answerAsShop(
  shop: HookShop,
  asked: Asked,
  response: ServerResponse,
  request: IncomingMessage,
): unknown {
  const send = (status: number, body: unknown) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  if (asked.method === 'GET') return send(200, shop.hooks);
  const id = asked.url.split('/').at(-1);
  if (asked.method === 'DELETE') {
    if (id === shop.kept) return send(400, { error: 'not this one' });
    const before = shop.hooks.length;
    shop.hooks = shop.hooks.filter((one) => one.id !== id);
    return send(before === shop.hooks.length ? 404 : 200, {});
  }
  let text = '';
  request.on('data', (chunk) => {
    text += chunk;
  });
  return request.on('end', () => {
    const wish: { topic: string; url: string; secret: string } = JSON.parse(text);
    if (shop.refused.includes(wish.topic)) return send(400, { error: 'no such topic' });
    if (shop.down.includes(wish.topic)) return send(503, {});
    made += 1;
    const hook: Hook = { ...wish, id: `h${made}`, enabled: true };
    shop.hooks.push(hook);
    send(201, hook);
  });
}
