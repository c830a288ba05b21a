/**
 * What Lightspeed pushes: a form whose `payload` is the record as JSON, which names no type. Signed over the form with the app's secret where an app made the webhook, in hex;
 * switch `base64Signature`: in base64 (which of the two is unverified). Twenty repetitions within two days.
 */
import { firstVariant } from '../generator.ts';
import { hmacSha256 } from '../grants.ts';
import type { Attempt, Happening, Pushing, Telling } from '../pushing.ts';
import type { Sandbox } from '../sandbox.ts';
import type { ResourceName, Shop } from '../state.ts';
import { subscriptionsOf } from '../subscriptions.ts';
import {
  customerId,
  productId,
  renderCustomer,
  renderInventory,
  renderProduct,
  renderSale,
} from './render.ts';

interface Told {
  type: string;
  id: string;
  payload: object;
}

/** A product is told by its first variant, which stands for its kind. */
function toldOf(shop: Shop, resource: ResourceName, index: number): Told {
  switch (resource) {
    case 'orders': {
      const sale = renderSale(shop, index);
      return { type: 'sale.update', id: sale.id, payload: sale };
    }
    case 'products': {
      const variant = firstVariant(index);
      return { type: 'product.update', id: productId(variant), payload: renderProduct(shop, variant) };
    }
    case 'customers':
      return { type: 'customer.update', id: customerId(index), payload: renderCustomer(shop, index) };
    case 'inventory':
      return { type: 'inventory.update', id: productId(index), payload: renderInventory(shop, index) };
  }
}

export const pushing: Pushing = {
  platform: 'lightspeed',
  retryS: Array.from({ length: 20 }, (_, n) => Math.min(43_200, 10 * 2 ** n)),
  timeoutMs: 5_000,
  accepts: (status) => status >= 200 && status < 300,
  tellings,
  idOf: (shop, resource, index) => toldOf(shop, resource, index).id,
};

function tellings(sandbox: Sandbox, happening: Happening): Telling[] {
  if (happening.kind === 'named') return [];
  const { shop, resource, index, act } = happening;
  const { type, id, payload } = toldOf(shop, resource, index);
  const end = act === 'delete' ? { deleted_at: new Date(sandbox.now()).toISOString() } : {};
  const body = new URLSearchParams({
    payload: JSON.stringify({ ...payload, ...end }),
    domain_prefix: shop.host.split('.')[0] ?? '',
    environment: 'prod',
  }).toString();
  const app = sandbox.state.apps.lightspeed;
  const encoding = app.switches['base64Signature'] === true ? 'base64' : 'hex';
  return subscriptionsOf(sandbox, 'lightspeed', shop.key)
    .filter((one) => one.state === 'active' && one.topics.includes(type))
    .map((one) => {
      const isOfApp = sandbox.state.grants[one.grantId ?? '']?.generations.at(-1)?.accessExpiresAtMs !== null;
      const request = ({ forged }: Attempt) => {
        const headers: Record<string, string> = { 'content-type': 'application/x-www-form-urlencoded' };
        const signature = hmacSha256(forged ? 'another-secret' : app.secret, body, encoding);
        if (isOfApp) headers['x-signature'] = `signature=${signature},algorithm=HMAC-SHA256`;
        return { headers, body };
      };
      return { subscription: one, url: one.url, topic: type, objectId: id, request };
    });
}
