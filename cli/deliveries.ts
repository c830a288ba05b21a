// mooring deliveries: what was sent to endpoints, what came back, and sending it again.
import { type components, dataOf } from '../client/index.ts';
import { replayAll } from '../client/replay.ts';
import type { Context } from './context.ts';
import { InputError, readWhole } from './input.ts';
import { minute, plain, table } from './table.ts';

type Delivery = components['schemas']['Delivery'];
type DeliveryWithAttempts = components['schemas']['DeliveryWithAttempts'];

export interface DeliveryOptions {
  readonly endpoint?: string;
  readonly state?: string;
  readonly event?: string;
  readonly since?: string;
  readonly limit?: string;
}

export interface ReplayOptions {
  readonly endpoint?: string;
  readonly since?: string;
  readonly until?: string;
  readonly all?: boolean;
}

export async function list(context: Context, options: DeliveryOptions): Promise<void> {
  const { endpoint, state, event, since, limit } = options;
  const page = await dataOf(
    context.client.GET('/v1/deliveries', {
      params: {
        query: {
          limit: limit === undefined ? 50 : readWhole('--limit', limit),
          ...(endpoint === undefined ? {} : { endpointId: endpoint }),
          ...(state === undefined ? {} : { state: state as Delivery['state'] }),
          ...(event === undefined ? {} : { eventType: event as never }),
          ...(since === undefined ? {} : { since: instantOf(since) }),
        },
      },
    }),
  );
  context.print(page.data, (all) =>
    table(
      ['delivery', 'event', 'endpoint', 'state', 'attempts', 'made', 'next'],
      all.map((one) => [
        one.id,
        one.eventType,
        one.endpointId,
        stateText(one),
        String(one.attempts),
        minute(one.createdAt),
        minute(one.nextAttemptAt),
      ]),
      'No deliveries.',
    ),
  );
}

export async function show(context: Context, id: string): Promise<void> {
  const found = await dataOf(context.client.GET('/v1/deliveries/{id}', { params: { path: { id } } }));
  context.print(found, deliveryText);
}

/** One by its id; or, with an endpoint, what was given up, or everything of a range. */
export async function replay(
  context: Context,
  id: string | undefined,
  { endpoint, since, until, all }: ReplayOptions,
): Promise<void> {
  if (id !== undefined) {
    if (endpoint !== undefined) throw new InputError('Name a delivery or an endpoint, not both.', []);
    const one = await dataOf(context.client.POST('/v1/deliveries/{id}/replay', { params: { path: { id } } }));
    context.print(one, () => `${one.id} is sent again`);
    return;
  }
  if (endpoint === undefined) throw new InputError('Name a delivery, or an endpoint with --endpoint.', []);
  const wish = {
    state: all === true ? ('all' as const) : ('failed' as const),
    ...(since === undefined ? {} : { since: instantOf(since) }),
    // Fixed, so that what is made meanwhile is not sent twice.
    until: until === undefined ? new Date().toISOString() : instantOf(until),
  };
  const deliveries = await replayAll(context.client, endpoint, wish, (some) => {
    if (!context.isJson) console.error(`${some} so far`);
  });
  context.print({ deliveries }, () => `${deliveries} deliveries are sent again`);
}

export function deliveryText(one: DeliveryWithAttempts): string {
  return [
    `${one.eventType} (${one.eventId}) for ${one.endpointId}: ${stateText(one)}`,
    ...(one.nextAttemptAt === null ? [] : [`  next attempt  ${minute(one.nextAttemptAt)}`]),
    ...one.attemptLog.flatMap((attempt) => [
      `  ${minute(attempt.at)}  attempt ${attempt.number}: ${attempt.status ?? attempt.error ?? '–'} in ${attempt.tookMs} ms`,
      ...(attempt.answer === null || attempt.answer === ''
        ? []
        : [`    ${plain(attempt.answer).slice(0, 200)}`]),
    ]),
    ...(one.attemptLog.length === 0 ? ['  not tried yet'] : []),
  ].join('\n');
}

function stateText({ state, because }: Delivery): string {
  return because === null ? state : `${state} (${because})`;
}

/** A date, or a date with a time, of UTC where it does not say. */
function instantOf(text: string): string {
  const hasZone = /(Z|[+-]\d\d:?\d\d)$/.test(text);
  const atMs = Date.parse(hasZone || !text.includes('T') ? text : `${text}Z`);
  if (Number.isNaN(atMs))
    throw new InputError(`"${text}" is not an instant such as 2026-11-21T08:00:00Z`, []);
  return new Date(atMs).toISOString();
}
