// What an operator does once where a platform delivers to a destination of our app: makes it with the app's own token, and keeps its id in the registration.
import type { Json, Platform } from '../../domain/platform.ts';
import { parseJson } from '../../egress/parse-json.ts';
import { amazon } from '../../platforms/amazon/platform.ts';
import { ebay } from '../../platforms/ebay/platform.ts';
import { isList, textOf, valueAt } from '../../platforms/json.ts';
import { sendTo } from '../platforms/sandbox-shop.ts';
import type { Played } from './played.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

/** eBay's is our one address, which it asks first; its id comes in a header. */
export async function atEbay(played: Played): Promise<void> {
  const { id, fields, token } = await openApp(played, ebay);
  const deliveryConfig = {
    endpoint: `http://127.0.0.1:3000/notify/${ebay.id}`,
    verificationToken: fields['verificationToken'] ?? '',
  };
  const made = await sendTo(played.sandboxUrl, {
    method: 'POST',
    url: `${ebay.baseUrl}/commerce/notification/v1/destination`,
    headers: { authorization: `Bearer ${token}`, ...JSON_TYPE },
    body: JSON.stringify({ name: 'ours', status: 'ENABLED', deliveryConfig }),
  });
  const destinationId = made.headers['location']?.split('/').at(-1);
  if (destinationId === undefined) throw new Error(`no destination: ${made.status} ${made.bodyText}`);
  await keep(played, id, fields, destinationId);
}

/** Amazon's is a queue of ours. */
export async function atAmazon(played: Played): Promise<void> {
  const { id, fields, token } = await openApp(played, amazon);
  const made = await sendTo(played.sandboxUrl, {
    method: 'POST',
    url: `${amazon.baseUrl.replace('{region}', 'eu')}/notifications/v1/destinations`,
    headers: { 'x-amz-access-token': token, ...JSON_TYPE },
    body: JSON.stringify({
      name: 'ours',
      resourceSpecification: { sqs: { arn: 'arn:aws:sqs:eu-west-1:123456789012:mooring' } },
    }),
  });
  const destinationId = textOf(valueAt(parseJson(made.bodyText), 'payload.destinationId'));
  if (destinationId === null) throw new Error(`no destination: ${made.status} ${made.bodyText}`);
  await keep(played, id, fields, destinationId);
}

async function openApp({ api, ask, sandboxUrl }: Played, { id: platform, appToken }: Platform) {
  if (appToken === undefined) throw new Error(`${platform} has no token of an app`);
  const apps = valueAt(await ask('/apps'), 'data');
  const app = (isList(apps) ? apps : []).find((one: Json) => valueAt(one, 'platform') === platform);
  const [clientId, secret] = [textOf(valueAt(app, 'clientId')) ?? '', textOf(valueAt(app, 'secret')) ?? ''];
  const isBasic = appToken.token.clientAuthentication === 'basic';
  const minted = await sendTo(sandboxUrl, {
    method: 'POST',
    url: appToken.token.url,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(isBasic
        ? { authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}` }
        : {}),
    },
    body: new URLSearchParams({
      ...appToken.token.parameters,
      ...(isBasic ? {} : { client_id: clientId, client_secret: secret }),
    }).toString(),
  });
  const token = textOf(valueAt(parseJson(minted.bodyText), 'access_token'));
  if (token === null) throw new Error(`no token of the app: ${minted.status} ${minted.bodyText}`);
  const { rows } = await api.database.owner.query<{ id: string; fields: Record<string, string> }>(
    'SELECT id, fields FROM client_registrations WHERE platform = $1',
    [platform],
  );
  const [{ id, fields } = { id: '', fields: {} }] = rows;
  return { id, fields, token };
}

async function keep(
  { api }: Played,
  id: string,
  fields: Readonly<Record<string, string>>,
  destinationId: string,
): Promise<void> {
  const body = { fields: { ...fields, destinationId } };
  const changed = await api.call('PATCH', `/v1/client-registrations/${id}`, { body });
  if (changed.status !== 200) throw new Error(changed.text);
}
