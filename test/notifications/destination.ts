// What an operator does once at eBay: a destination for our one address, made with the app's own token, whose id goes into the registration.
import { ebay } from '../../platforms/ebay/platform.ts';
import { isList, textOf, valueAt } from '../../platforms/json.ts';
import { sendTo } from '../platforms/sandbox-shop.ts';
import type { Played } from './played.ts';

export async function makeDestination({ api, ask, sandboxUrl }: Played): Promise<void> {
  const apps = valueAt(await ask('/apps'), 'data');
  const app = (isList(apps) ? apps : []).find((one) => valueAt(one, 'platform') === ebay.id);
  const pair = `${textOf(valueAt(app, 'clientId'))}:${textOf(valueAt(app, 'secret'))}`;
  const { token } = ebay.appToken;
  const minted = await sendTo(sandboxUrl, {
    method: 'POST',
    url: token.url,
    headers: {
      authorization: `Basic ${Buffer.from(pair).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams(token.parameters).toString(),
  });
  const { rows } = await api.database.owner.query<{ id: string; fields: Record<string, string> }>(
    'SELECT id, fields FROM client_registrations WHERE platform = $1',
    [ebay.id],
  );
  const [{ id, fields } = { id: '', fields: {} }] = rows;
  const made = await sendTo(sandboxUrl, {
    method: 'POST',
    url: `${ebay.baseUrl}/commerce/notification/v1/destination`,
    headers: {
      authorization: `Bearer ${JSON.parse(minted.bodyText).access_token}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      name: 'ours',
      status: 'ENABLED',
      deliveryConfig: {
        endpoint: `http://127.0.0.1:3000/notify/${ebay.id}`,
        verificationToken: fields['verificationToken'],
      },
    }),
  });
  const destinationId = made.headers['location']?.split('/').at(-1);
  if (destinationId === undefined) throw new Error(`no destination: ${made.status} ${made.bodyText}`);
  const changed = await api.call('PATCH', `/v1/client-registrations/${id}`, {
    body: { fields: { ...fields, destinationId } },
  });
  if (changed.status !== 200) throw new Error(changed.text);
}
