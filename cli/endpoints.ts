// mooring endpoints: where a tenant is told of its events.
import { setTimeout as wait } from 'node:timers/promises';
import { type components, dataOf, eachItem } from '../client/index.ts';
import { isConfirmed } from './confirm.ts';
import type { Context } from './context.ts';
import { deliveryText } from './deliveries.ts';
import { readWhole } from './input.ts';
import { minute, plain, table } from './table.ts';

type Endpoint = components['schemas']['Endpoint'];
type SecretKind = components['schemas']['NewEndpoint']['secretKind'];

export interface NewEndpointOptions {
  readonly tenant?: string;
  readonly name?: string;
  readonly events?: string[];
  readonly full?: boolean;
  readonly ordered?: boolean;
  readonly ed25519?: boolean;
}

const LOOK_EVERY_MS = 300;
const TRIED_WITHIN_MS = 25_000;

export async function list(context: Context, { tenant }: { readonly tenant?: string }): Promise<void> {
  const all: Endpoint[] = [];
  const pages = eachItem((cursor) =>
    dataOf(
      context.client.GET('/v1/endpoints', {
        params: {
          query: {
            limit: 500,
            ...(tenant === undefined ? {} : { tenantId: tenant }),
            ...(cursor === undefined ? {} : { cursor }),
          },
        },
      }),
    ),
  );
  for await (const one of pages) all.push(one);
  context.print(all, (endpoints) =>
    table(
      ['endpoint', 'name', 'url', 'events', 'status'],
      endpoints.map((one) => [one.id, one.name, one.url, eventsOf(one), statusOf(one)]),
      'No endpoints.',
    ),
  );
}

export async function add(context: Context, url: string, options: NewEndpointOptions): Promise<void> {
  const { tenant, name, events, full, ordered, ed25519 } = options;
  const made = await dataOf(
    context.client.POST('/v1/endpoints', {
      body: {
        url,
        ...(tenant === undefined ? {} : { tenantId: tenant }),
        ...(name === undefined ? {} : { name }),
        ...(events === undefined ? {} : { eventTypes: events }),
        ...(full === true ? { data: 'full' as const } : {}),
        ...(ordered === true ? { ordered: 'connection' as const } : {}),
        ...(ed25519 === true ? { secretKind: 'ed25519' as const } : {}),
      },
    }),
  );
  context.print(made, (one) => `${one.id} is told of ${eventsOf(one)}\n${keyText(one)}`);
}

/** Sends a test event and waits for its first attempt. */
export async function test(context: Context, id: string): Promise<void> {
  const { deliveryId } = await dataOf(
    context.client.POST('/v1/endpoints/{id}/test', { params: { path: { id } } }),
  );
  const untilMs = Date.now() + TRIED_WITHIN_MS;
  for (;;) {
    const found = await dataOf(
      context.client.GET('/v1/deliveries/{id}', { params: { path: { id: deliveryId } } }),
    );
    if (found.attemptLog.length > 0 || Date.now() > untilMs) {
      if (found.state !== 'delivered') process.exitCode = 1;
      context.print(found, deliveryText);
      return;
    }
    await wait(LOOK_EVERY_MS);
  }
}

export async function rotate(
  context: Context,
  id: string,
  options: { readonly overlap?: string; readonly kind?: SecretKind },
): Promise<void> {
  const { overlap, kind } = options;
  const rotated = await dataOf(
    context.client.POST('/v1/endpoints/{id}/secrets', {
      params: { path: { id } },
      body: {
        ...(overlap === undefined ? {} : { overlapS: readWhole('--overlap', overlap) }),
        ...(kind === undefined ? {} : { kind }),
      },
    }),
  );
  const former = rotated.secrets
    .slice(1)
    .flatMap(({ version, retiresAt }) =>
      retiresAt === null ? [] : [`version ${version} signs beside it until ${minute(retiresAt)}`],
    );
  context.print(rotated, (one) => [keyText(one), ...former].join('\n'));
}

export async function remove(
  context: Context,
  id: string,
  { yes }: { readonly yes?: boolean },
): Promise<void> {
  const params = { path: { id } };
  const found = await dataOf(context.client.GET('/v1/endpoints/{id}', { params }));
  if (yes !== true && !(await isConfirmed(`Remove ${plain(found.url)} and its deliveries?`))) {
    console.error('Nothing was done.');
    process.exitCode = 1;
    return;
  }
  await dataOf(
    context.client
      .DELETE('/v1/endpoints/{id}', { params })
      .then(({ error, response }) => ({ ...(error === undefined ? { data: true } : { error }), response })),
  );
  context.print({ removed: id }, () => `${id} is removed`);
}

function keyText(made: components['schemas']['CreatedEndpoint']): string {
  return made.secret === null
    ? `public key   ${made.secrets[0]?.publicKey ?? '–'}`
    : `secret       ${made.secret}   (shown this once)`;
}

function eventsOf({ eventTypes }: Endpoint): string {
  return eventTypes.length === 0 ? 'all events' : eventTypes.join(', ');
}

function statusOf({ status, disabledBecause, failingSince }: Endpoint): string {
  if (status === 'disabled') return `disabled (${disabledBecause ?? '–'})`;
  return failingSince === null ? status : `failing since ${minute(failingSince)}`;
}
