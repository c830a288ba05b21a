/** A simulated WooCommerce shop: its approval page, its REST API, its errors in WordPress's words. */
import { type Answer, type Exchange, json, textField } from '../exchange.ts';
import type { Sandbox } from '../sandbox.ts';
import type { HostedPlatform } from '../simulated.ts';
import type { Shop } from '../state.ts';
import { answerApproval, createKey } from './approval.ts';
import { authenticate, mayDo } from './authenticate.ts';
import { pushing } from './push.ts';
import { answerResource } from './rest.ts';
import { siteUrl, wpError } from './site.ts';

export const woocommerce: HostedPlatform = {
  title: 'WooCommerce',
  colour: '#7f54b3',
  reach: 'any <name>.woo.example, or a declared host; approve at its /wc-auth/v1/authorize',
  pattern: /^[a-z0-9][a-z0-9-]*\.woo\.example$/,
  origins: ['https://*.woo.example', 'http://*.woo.example'],
  answerShop: answerWooCommerce,
  pushing,
  /** `permission`: read, write or read_write. */
  handOut: (sandbox, shop, fields) => {
    const key = createKey(sandbox, shop, textField(fields, 'permission') || 'read_write').generations[0];
    return json(201, { consumer_key: key?.access, consumer_secret: key?.refresh });
  },
};

function answerWooCommerce(sandbox: Sandbox, exchange: Exchange, shop: Shop): Answer | Promise<Answer> {
  const path = exchange.path.slice(shop.basePath.length) || '/';
  if (path === '/wc-auth/v1/authorize') return answerApproval(sandbox, exchange, shop);
  if (shop.unavailable !== null) return unavailable(shop);
  if (path === '/wp-json' || path === '/wp-json/') {
    const url = siteUrl(shop);
    return json(200, {
      name: shop.name,
      description: '',
      url,
      home: url,
      gmt_offset: shop.timeZoneOffsetMinutes / 60,
      namespaces: ['wp/v2', 'wc/v3'],
    });
  }
  const resource = /^\/wp-json\/wc\/v3(\/.*)?$/.exec(path);
  if (resource === null) {
    return path.startsWith('/wp-json/')
      ? wpError(404, 'rest_no_route', 'No route was found matching the URL and request method.')
      : {
          status: 404,
          headers: { 'content-type': 'text/html' },
          body: '<!doctype html><title>Page not found</title>',
        };
  }
  const who = authenticate(sandbox, exchange, shop);
  if ('refusal' in who) return who.refusal;
  const denied = mayDo(exchange, who.grant);
  if (denied !== null) return denied;
  return answerResource({ sandbox, exchange, shop, grant: who.grant, resource: resource[1] ?? '/' });
}

/** A self-hosted shop that is down says so as its host does. */
function unavailable(shop: Shop): Answer {
  if (shop.unavailable === 'closed') {
    return {
      status: 404,
      headers: { 'content-type': 'text/html' },
      body: '<!doctype html><title>Not found</title>',
    };
  }
  const body =
    '<!doctype html><title>Maintenance</title><p>Briefly unavailable for scheduled maintenance.</p>';
  return { status: 503, headers: { 'content-type': 'text/html' }, body };
}
