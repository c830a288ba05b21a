/** What Mercado Libre pushes: a resource's path, unsigned, to the app's one address, for an answer within half a second. Eight tries in an hour; what was given up is in the missed feeds for two days. */
import { randomHex } from '../grants.ts';
import { iso } from '../listing.ts';
import { type Attempt, type Happening, MISSED, type Pushing, type Telling } from '../pushing.ts';
import type { Sandbox } from '../sandbox.ts';
import { itemId, orderId } from './render.ts';

export const pushing: Pushing = {
  platform: 'mercadolibre',
  // Eight within an hour; how they spread is unverified.
  retryS: [30, 60, 120, 240, 480, 960, 1_710],
  timeoutMs: 500,
  accepts: (status) => status === 200,
  tellings,
  idOf: (_, resource, index) => (resource === 'orders' ? String(orderId(index)) : itemId(index)),
};

function tellings(sandbox: Sandbox, happening: Happening): Telling[] {
  const { notifyUrl, clientId } = sandbox.state.apps.mercadolibre;
  const told = toldOf(happening);
  if (notifyUrl === '' || told === null) return [];
  const { topic, resource } = told;
  const { shop } = happening;
  const id = randomHex(12);
  const sentMs = sandbox.signatureNow();
  const body = (attempt: Attempt) =>
    JSON.stringify({
      _id: id,
      resource,
      // Nothing is signed: what is forged is somebody else's word.
      user_id: attempt.forged ? shop.id + 1 : shop.id,
      topic,
      application_id: Number(clientId),
      attempts: attempt.n + 1,
      sent: iso(attempt.nowMs),
      received: iso(sentMs),
    });
  const request = (attempt: Attempt) => ({
    headers: { 'content-type': 'application/json' },
    body: body(attempt),
  });
  return [{ subscription: null, url: notifyUrl, topic, objectId: resource, request }];
}

function toldOf(happening: Happening): { topic: string; resource: string } | null {
  if (happening.kind === 'named') {
    const { resource } = happening.payload;
    return { topic: happening.topic, resource: typeof resource === 'string' ? resource : '/unknown' };
  }
  const { resource, index } = happening;
  if (resource === 'orders') return { topic: 'orders_v2', resource: `/orders/${orderId(index)}` };
  return resource === 'products' ? { topic: 'items', resource: `/items/${itemId(index)}` } : null;
}

/** What was not taken in the last two days, at most ten at once. */
export function missedFeeds(sandbox: Sandbox, topic: string | null) {
  const sinceMs = sandbox.now() - 2 * 86_400_000;
  return sandbox.pushes
    .filter((one) => one.platform === 'mercadolibre' && MISSED.includes(one.state))
    .filter((one) => Date.parse(one.at) >= sinceMs && (topic === null || one.topic === topic))
    .slice(0, 10)
    .map((one) => ({
      _id: `missed${one.n}`,
      resource: one.objectId,
      user_id: Number(one.shop),
      topic: one.topic,
      application_id: Number(sandbox.state.apps.mercadolibre.clientId),
      attempts: one.attempt,
      sent: one.at,
      received: one.at,
    }));
}
