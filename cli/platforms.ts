// mooring platforms: what can be connected, and how.
import { dataOf } from '../client/index.ts';
import type { Context } from './context.ts';
import { table } from './table.ts';

export async function listPlatforms(context: Context): Promise<void> {
  const { data } = await dataOf(context.client.GET('/v1/platforms'));
  context.print(data, (platforms) =>
    table(
      ['platform', 'how', 'shop fields', 'resources', 'facts'],
      platforms.map((one) => [
        one.id,
        [...new Set(one.authMethods.map(({ obtain }) => obtain))].join(', '),
        one.shop.map(({ name }) => name).join(', '),
        one.resources.join(', '),
        one.verified,
      ]),
      'No platforms.',
    ),
  );
}
