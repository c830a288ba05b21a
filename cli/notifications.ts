// mooring notifications and mooring privacy: what a platform tells us of a connection, and its requests to erase or to report.
import { type components, dataOf, eachItem } from '../client/index.ts';
import type { Context } from './context.ts';
import { minute, table } from './table.ts';

type Subscriptions = components['schemas']['Subscriptions'];

const BY: Readonly<Record<Subscriptions['subscribedBy'], string>> = {
  shop: 'subscribed by us, shop by shop',
  registration: 'subscribed once, for our app',
  merchant: 'set up by hand, by the merchant',
  nobody: 'nothing is told: the platform is polled',
};

export async function show(context: Context, id: string): Promise<void> {
  const told = await dataOf(
    context.client.GET('/v1/connections/{id}/subscriptions', { params: { path: { id } } }),
  );
  context.print(told, subscriptionsText);
}

/** Prints a new address, and its secret where it has one: the only time that they are told. */
export async function address(context: Context, id: string): Promise<void> {
  const made = await dataOf(
    context.client.POST('/v1/connections/{id}/notification-address', { params: { path: { id } } }),
  );
  context.print(made, ({ url, secret }) =>
    [url, ...(secret === null ? [] : [`secret  ${secret}`]), 'It is not shown again.'].join('\n'),
  );
}

export async function listPrivacyRequests(context: Context): Promise<void> {
  const requests: components['schemas']['PrivacyRequest'][] = [];
  const pages = eachItem((cursor) =>
    dataOf(
      context.client.GET('/v1/privacy-requests', {
        params: { query: { limit: 500, ...(cursor === undefined ? {} : { cursor }) } },
      }),
    ),
  );
  for await (const one of pages) requests.push(one);
  context.print(requests, (all) =>
    table(
      ['request', 'kind', 'platform', 'connection', 'state', 'due', 'ended', 'proof'],
      all.map((one) => [
        one.id,
        one.kind,
        one.platform,
        one.connectionId ?? '–',
        one.state,
        minute(one.dueAt),
        minute(one.finishedAt),
        one.proof === null ? '–' : JSON.stringify(one.proof),
      ]),
      'No requests.',
    ),
  );
}

/** What is kept of the person, as JSON. */
export async function privacyReport(context: Context, id: string): Promise<void> {
  const report = await dataOf(
    context.client.GET('/v1/privacy-requests/{id}/report', { params: { path: { id } } }),
  );
  context.print(report, (all) => JSON.stringify(all, null, 2));
}

function subscriptionsText(told: Subscriptions): string {
  const { lag, gaps, data } = told;
  return [
    BY[told.subscribedBy],
    `last received  ${minute(lag.lastReceivedAt)}`,
    `waiting        ${lag.waiting}${lag.oldestWaitingAt === null ? '' : `, the oldest since ${minute(lag.oldestWaitingAt)}`}`,
    `looked at      ${minute(told.checkedAt)}${told.code === null ? '' : ` (${told.code})`}, next ${minute(told.nextCheckAt)}`,
    ...(data.length === 0
      ? []
      : [
          table(
            ['topic', 'state', 'made', 'made again', 'at the platform'],
            data.map((one) => [
              one.topic,
              one.code === null ? one.state : `${one.state} (${one.code})`,
              minute(one.createdAt),
              String(one.recreated),
              one.platformRef ?? '–',
            ]),
            '',
          ),
        ]),
    ...gaps.map(
      ({ cause, from, until, closedAt }) =>
        `gap  ${cause}, ${minute(from)} to ${minute(until)}: ${closedAt === null ? 'open' : `made up for at ${minute(closedAt)}`}`,
    ),
  ].join('\n');
}
