/**
 * What Wix pushes: to the app's one address, the whole body a JWT signed RS256; its data is JSON in a text, and that one's data again. An
 * answer within a second and a quarter, twelve repetitions whose times are unverified, as are the names of events but those of orders.
 */
import { randomUUID } from 'node:crypto';
import { keyPairOf, signRs256 } from '../jwt.ts';
import { iso } from '../listing.ts';
import type { Attempt, Happening, Pushing, Telling } from '../pushing.ts';
import type { Sandbox } from '../sandbox.ts';
import type { ResourceName } from '../state.ts';
import { idOf } from './render.ts';

const LIFE_S = 3_600;
const EVENT = { create: 'created', update: 'updated', delete: 'deleted' } as const;
const KIND: Record<ResourceName, number> = { orders: 1, products: 2, customers: 3, inventory: 6 };
const ENTITY: Record<ResourceName, string> = {
  orders: 'wix.ecom.v1.order',
  products: 'wix.stores.catalog.v3.product',
  customers: 'wix.contacts.v4.contact',
  inventory: 'wix.stores.inventory.v3.inventory_item',
};

export const pushing: Pushing = {
  platform: 'wix',
  retryS: [1, 5, 10, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200],
  timeoutMs: 1_250,
  accepts: (status) => status === 200,
  tellings,
  uninstalled: 'wix.devcenter.app_instance_removed',
  idOf: (_, resource, index) => idOf(KIND[resource], index),
};

function tellings(sandbox: Sandbox, happening: Happening): Telling[] {
  const { notifyUrl, clientId } = sandbox.state.apps.wix;
  if (notifyUrl === '') return [];
  const { shop } = happening;
  const told = happening.kind === 'named' ? named(happening) : changed(sandbox, happening);
  const data = JSON.stringify({
    data: JSON.stringify(told.data),
    instanceId: shop.key,
    eventType: told.topic,
    identity: JSON.stringify({ identityType: 'APP', appId: clientId }),
  });
  const request = ({ nowMs, forged }: Attempt) => {
    const nowS = Math.floor(nowMs / 1000);
    const { privateKey } = keyPairOf(sandbox, forged ? 'wix-forged' : 'wix');
    return {
      headers: { 'content-type': 'text/plain' },
      body: signRs256({ data, iat: nowS, exp: nowS + LIFE_S }, privateKey),
    };
  };
  return [{ subscription: null, url: notifyUrl, topic: told.topic, objectId: told.objectId, request }];
}

function named({ topic, shop, payload }: Happening & { kind: 'named' }) {
  return { topic, objectId: shop.key, data: { id: randomUUID(), ...payload } };
}

function changed(sandbox: Sandbox, { resource, act, index }: Happening & { kind: 'changed' }) {
  const slug = EVENT[act];
  const entityId = idOf(KIND[resource], index);
  const data = {
    id: randomUUID(),
    entityFqdn: ENTITY[resource],
    slug,
    entityId,
    [`${slug}Event`]: {},
    eventTime: iso(sandbox.now()),
    triggeredByAnonymizeRequest: false,
  };
  return { topic: `${ENTITY[resource]}_${slug}`, objectId: entityId, data };
}
