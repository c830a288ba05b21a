/** Restricted data tokens: what opens buyers' data in the older orders API. Each carries its own paths and end, under a MAC. */
import { type Answer, bodyFields, isRecord, json, textField } from '../exchange.ts';
import { hmacSha256, sameText } from '../grants.ts';
import type { Sandbox } from '../sandbox.ts';
import type { Grant } from '../state.ts';
import type { AmazonCall } from './amazon.ts';
import { amazonError } from './asking.ts';

const PREFIX = 'Atz.sprdt|';
const LIFE_S = 3_600;

/** POST /tokens/2021-03-01/restrictedDataToken */
export function answerRestricted({ sandbox, exchange, grant }: AmazonCall): Answer {
  const asked = bodyFields(exchange)['restrictedResources'];
  const paths = (Array.isArray(asked) ? asked : [])
    .filter(isRecord)
    .filter((one) => textField(one, 'method') === 'GET')
    .map((one) => textField(one, 'path'));
  if (paths.length === 0 || paths.length > 50 || paths.some((path) => !path.startsWith('/orders/v0/orders')))
    return amazonError(400, 'InvalidInput', 'restrictedResources is invalid.');
  const claims = JSON.stringify([grant.id, sandbox.now() + LIFE_S * 1000, paths]);
  const text = Buffer.from(claims).toString('base64url');
  const mac = hmacSha256(sandbox.state.apps.amazon.secret, text, 'hex');
  return json(200, { restrictedDataToken: `${PREFIX}${text}.${mac}`, expiresIn: LIFE_S });
}

/** The claims of a restricted data token; null: it is not one of ours. */
export function readRestricted(
  sandbox: Sandbox,
  token: string,
): { grant: Grant; expiresAtMs: number; paths: string[] } | null {
  if (!token.startsWith(PREFIX)) return null;
  const [text = '', mac = ''] = token.slice(PREFIX.length).split('.');
  if (!sameText(hmacSha256(sandbox.state.apps.amazon.secret, text, 'hex'), mac)) return null;
  const claims: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  if (!Array.isArray(claims)) return null;
  const [grantId, expiresAtMs, paths] = claims;
  const grant = sandbox.state.grants[String(grantId)];
  if (grant === undefined || !Array.isArray(paths)) return null;
  return { grant, expiresAtMs: Number(expiresAtMs), paths: paths.map(String) };
}
