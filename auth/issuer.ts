// Who issued an answer: `iss` of a callback (RFC 9207), metadata (RFC 8414), and the id_token (OpenID Connect). Each is checked before anything it
// vouches for is used; a mix-up ends the approval before the code is sent to anybody.
import { MooringError } from '../domain/errors.ts';
import type { Send } from '../domain/outbound.ts';
import type { Issuer, Json, TokenAnswer, TokenRequest } from '../domain/platform.ts';
import { textOf, valueAt } from '../platforms/json.ts';
import { namesIn } from '../platforms/template.ts';
import { clientSecrets, type GrantContext } from './grant-context.ts';
import { verifyJwt } from './received-jwt.ts';
import type { Values } from './values.ts';

/** RFC 9207 § 2.4: simple string comparison. Throws invalid_callback. */
export function assertIssuer(
  issuer: Issuer | undefined,
  values: Values,
  approval: Readonly<Record<string, string>>,
): void {
  if (issuer === undefined) return;
  const told = approval['iss'];
  if (told === undefined && issuer.iss === 'checked_when_sent') return;
  if (told === values.fill(issuer.identifier)) return;
  const at = told === undefined ? 'missing_issuer' : 'issuer';
  throw new MooringError(
    'invalid_callback',
    'the approval is of another issuer than the one it was begun at',
    {
      detail: { at },
    },
  );
}

const TOLD = ['tokenEndpoint', 'revocationEndpoint', 'jwksUri'] as const;

/** Values with what the issuer's metadata tells, read only where the exchange, or the reading of its answer, names some of it: a refresh has seconds. Throws platform_down where it cannot be read, platform_answer_invalid where it is another's. */
export async function withMetadata(
  issuer: Issuer | undefined,
  values: Values,
  { uses, send }: { readonly uses: readonly (TokenRequest | TokenAnswer | undefined)[]; readonly send: Send },
): Promise<Values> {
  const named = namesIn(JSON.stringify(uses));
  if (issuer?.metadata === undefined || !TOLD.some((name) => named.includes(name))) return values;
  const identifier = values.fill(issuer.identifier);
  const metadata = await readMetadata(metadataUrl(identifier, issuer.metadata), send);
  if (valueAt(metadata, 'issuer') !== identifier)
    throw new MooringError('platform_down', 'the metadata is of another issuer');
  return values.with({
    tokenEndpoint: () => endpointAt(metadata, 'token_endpoint'),
    revocationEndpoint: () => endpointAt(metadata, 'revocation_endpoint'),
    jwksUri: () => endpointAt(metadata, 'jwks_uri'),
  });
}

/** RFC 8414 § 3.1 puts it before the issuer's path, OpenID Connect Discovery § 4 behind it. */
export function metadataUrl(identifier: string, kind: 'oauth' | 'openid'): string {
  const url = new URL(identifier);
  const path = url.pathname.replace(/\/$/, '');
  return kind === 'oauth'
    ? `${url.origin}/.well-known/oauth-authorization-server${path}`
    : `${url.origin}${path}/.well-known/openid-configuration`;
}

/** Nothing was exchanged yet, so that whatever goes wrong here is a platform that is down: never a lost answer. */
async function readMetadata(url: string, send: Send): Promise<Json> {
  try {
    const answer = await send({ method: 'GET', url, headers: { accept: 'application/json' }, body: null });
    if (answer.status === 200) return JSON.parse(answer.bodyText);
  } catch (cause) {
    if (cause instanceof MooringError && cause.code === 'fenced') throw cause;
  }
  throw new MooringError('platform_down', 'the metadata of the authorization server cannot be read');
}

/** RFC 8414 § 2: an https address. */
function endpointAt(metadata: Json, name: string): string {
  const text = textOf(valueAt(metadata, name)) ?? '';
  if (!URL.canParse(text) || new URL(text).protocol !== 'https:')
    throw new MooringError('platform_down', `the metadata has no https "${name}"`);
  return text;
}

/** OpenID Connect Core § 3.1.3.7. Throws platform_answer_invalid with the step in `detail.at`. */
export async function assertIdToken(
  form: TokenAnswer | undefined,
  body: Json,
  context: GrantContext,
  { values, nonce }: { readonly values: Values; readonly nonce: string | undefined },
): Promise<void> {
  if (form?.idToken === undefined) return;
  const idToken = textOf(valueAt(body, form.idToken.path)) ?? '';
  const verdict = await verifyJwt(idToken, form.idToken.jwt, {
    values,
    secrets: clientSecrets(context).map((secret) => secret.reveal()),
    send: context.send,
    nowMs: context.nowMs,
  });
  if (!verdict.ok) throw badIdToken(verdict.at);
  if (nonce !== undefined && verdict.claims['nonce'] !== nonce) throw badIdToken('nonce');
}

function badIdToken(at: string): MooringError {
  return new MooringError('platform_answer_invalid', `the id token does not verify: ${at}`, {
    detail: { at },
  });
}
