// mooring connections: list, show, diagnosis.
import { type Connection, type Diagnosis, dataOf, eachItem } from '../client/index.ts';
import type { Context } from './context.ts';
import { minute, plain, table } from './table.ts';

export interface ListOptions {
  readonly tenant?: string;
  readonly platform?: string;
  readonly state?: string;
}

export async function allConnections(context: Context, options: ListOptions): Promise<Connection[]> {
  const { tenant, platform, state } = options;
  const query = {
    limit: 500,
    ...(tenant === undefined ? {} : { tenantId: tenant }),
    ...(platform === undefined ? {} : { platform }),
    ...(state === undefined ? {} : { state: state as Connection['state'] }),
  };
  const found: Connection[] = [];
  const pages = eachItem((cursor) =>
    dataOf(
      context.client.GET('/v1/connections', {
        params: { query: { ...query, ...(cursor === undefined ? {} : { cursor }) } },
      }),
    ),
  );
  for await (const one of pages) found.push(one);
  return found;
}

export async function list(context: Context, options: ListOptions): Promise<void> {
  context.print(await allConnections(context, options), connectionTable);
}

export function connectionTable(connections: readonly Connection[]): string {
  return table(
    ['connection', 'platform', 'shop', 'state', 'last sync', 'credential expires'],
    connections.map((one) => [
      one.id,
      one.platform,
      shopName(one),
      one.state,
      minute(one.sync.lastAt),
      minute(one.credential.expiresAt),
    ]),
    'No connections.',
  );
}

export async function show(context: Context, id: string): Promise<void> {
  const found = await dataOf(context.client.GET('/v1/connections/{id}', { params: { path: { id } } }));
  context.print(found, (one) =>
    [
      `${plain(shopName(one))} on ${one.platform}: ${one.state} since ${minute(one.stateSince)}`,
      `  tenant              ${one.tenantId}`,
      `  permissions         ${one.permissions.join(', ')}`,
      `  credential          generation ${one.credential.generation}, expires ${minute(one.credential.expiresAt)}, next refresh ${minute(one.credential.nextRefreshAt)}`,
      `  last sync           ${minute(one.sync.lastAt)}, every ${one.sync.intervalS} s`,
      ...(one.move === null
        ? []
        : [
            `  new address         ${plain(Object.values(one.move.shop).join(', '))}, to be confirmed until ${minute(one.move.until)}:`,
            `                      mooring confirm-move ${one.id} ${one.move.authorizationId} (or refuse-move)`,
          ]),
    ].join('\n'),
  );
}

export async function diagnose(context: Context, id: string): Promise<void> {
  context.print(await readDiagnosis(context, id), diagnosisText);
}

export async function readDiagnosis(context: Context, id: string): Promise<Diagnosis> {
  return dataOf(context.client.GET('/v1/connections/{id}/diagnosis', { params: { path: { id } } }));
}

export function diagnosisText(found: Diagnosis): string {
  return [
    `${found.state}: ${found.because}`,
    `  what helps   ${found.action.replaceAll('_', ' ')} (${found.actor})`,
    ...(found.nextTryAt === undefined ? [] : [`  next try     ${minute(found.nextTryAt)}`]),
    ...(found.reconnectUrl === undefined ? [] : [`  for the merchant: ${found.reconnectUrl}`]),
    ...found.evidence
      .slice(0, 5)
      .map(
        (one) =>
          `  ${minute(one.at)}  ${plain(one.what)}${one.detail === undefined ? '' : ` · ${plain(one.detail)}`}`,
      ),
  ].join('\n');
}

export function shopName(one: Connection): string {
  return one.shop.name ?? one.shop.key ?? Object.values(one.shop.values)[0] ?? '–';
}
