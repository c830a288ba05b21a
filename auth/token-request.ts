// One exchange as a request, by the platform's data: parameters filled, the client proved, the whole signed where the platform wants that. Sends nothing.
import { MooringError } from '../domain/errors.ts';
import type { OutboundRequest } from '../domain/outbound.ts';
import type { TokenRequest, Transport } from '../domain/platform.ts';
import { namesIn } from '../platforms/template.ts';
import { type Draft, FORM_TYPE, toOutbound, withHeaders } from './draft.ts';
import { formEncode } from './encode.ts';
import { signDraft } from './index.ts';
import { clientAssertionOf, makeJwt } from './made-jwt.ts';
import { certificateOf } from './transport.ts';
import type { Moment, Values } from './values.ts';
import { valuesOfRequest } from './values.ts';

export type Parameters = Readonly<Record<string, string>>;

/** RFC 7523 § 2.2. */
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Throws signing_key_invalid, certificate_invalid, and internal where the data names what is not there. */
export async function tokenRequest(
  request: TokenRequest,
  given: Values,
  moment: Moment,
  transport?: Transport,
): Promise<OutboundRequest> {
  const values = await withAssertion(request, given, moment);
  const url = new URL(values.fill(request.url));
  const parameters = {
    ...(await clientParameters(request, values, url, moment)),
    ...fillParameters(request.parameters, values),
  };
  const draft = draftExchange(request, url, parameters);
  const known = valuesOfRequest(values, draft, moment);
  const proved = withHeaders(draft, {
    ...basicHeader(request, values),
    ...known.fillAll(request.headers ?? {}),
  });
  const isSigned = request.clientAuthentication === 'signed' && request.sign !== undefined;
  const signed = isSigned ? await signDraft(request.sign, proved, values, moment) : proved;
  const certificate = certificateOf(transport, 'token', values);
  return { ...toOutbound(signed), ...(certificate === null ? {} : { clientCertificate: certificate }) };
}

/** {assertion}: the grant itself as a JWT of ours. `aud` is the token address unless the data says otherwise. */
async function withAssertion(request: TokenRequest, values: Values, moment: Moment): Promise<Values> {
  if (request.assertion === undefined) return values;
  const claims = { aud: values.fill(request.url), ...request.assertion.claims };
  return values.with({ assertion: await makeJwt({ ...request.assertion, claims }, values, moment) });
}

/** A parameter that is one optional value, and that value absent, is left out; every other name must have a value. */
export function fillParameters(parameters: Parameters, values: Values): Parameters {
  const entries = Object.entries(parameters).flatMap(([name, template]) => {
    const [only] = namesIn(template);
    const isLeftOut =
      only !== undefined && template === `{${only}}` && values.isOptional(only) && !values.has(only);
    return isLeftOut ? [] : [[name, values.fill(template)] as const];
  });
  return Object.fromEntries(entries);
}

export function clientOf(request: TokenRequest, values: Values): { id: string; secret: string | null } {
  const { id, secret } = request.client ?? { id: '{clientId}', secret: '{clientSecret}' };
  const isThere = namesIn(secret).every((name) => values.has(name));
  return { id: values.fill(id), secret: isThere ? values.fill(secret) : null };
}

/** RFC 6749 § 2.3.1 in the body, RFC 7523 § 2.2, RFC 8705 § 2. A public client sends no client_secret, not even an empty one. */
async function clientParameters(
  request: TokenRequest,
  values: Values,
  url: URL,
  moment: Moment,
): Promise<Parameters> {
  switch (request.clientAuthentication) {
    case 'body': {
      const { id, secret } = clientOf(request, values);
      return { client_id: id, ...(secret === null || secret === '' ? {} : { client_secret: secret }) };
    }
    case 'tls_client_auth':
      return { client_id: clientOf(request, values).id };
    case 'private_key_jwt': {
      if (request.clientAssertion === undefined)
        throw new MooringError('internal', 'private_key_jwt lacks its clientAssertion');
      const { id } = clientOf(request, values);
      const made = clientAssertionOf(request.clientAssertion, id, `${url.origin}${url.pathname}`);
      const assertion = await makeJwt(made, values, moment);
      return { client_id: id, client_assertion_type: ASSERTION_TYPE, client_assertion: assertion };
    }
    case 'basic':
    case 'basic_raw':
    case 'signed':
    case 'none':
      return {};
  }
}

/** RFC 6749 § 2.3.1: both form-encoded before they are joined; raw where the platform does not decode them. */
function basicHeader(request: TokenRequest, values: Values): Record<string, string> {
  const { clientAuthentication } = request;
  if (clientAuthentication !== 'basic' && clientAuthentication !== 'basic_raw') return {};
  const { id, secret } = clientOf(request, values);
  const encode = clientAuthentication === 'basic' ? formEncode : (text: string) => text;
  const joined = `${encode(id)}:${encode(secret ?? '')}`;
  return { authorization: `Basic ${Buffer.from(joined, 'utf8').toString('base64')}` };
}

function draftExchange(request: TokenRequest, url: URL, parameters: Parameters): Draft {
  const accept = { accept: 'application/json' };
  switch (request.format) {
    case 'query': {
      const address = new URL(url);
      for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
      const secretQuery = Object.keys(parameters);
      return { method: request.method, url: address, headers: accept, body: null, secretQuery };
    }
    case 'form': {
      const headers = { ...accept, 'content-type': FORM_TYPE };
      const body = new URLSearchParams(parameters).toString();
      return { method: request.method, url, headers, body, secretQuery: [] };
    }
    case 'json': {
      const headers = { ...accept, 'content-type': 'application/json' };
      const body = JSON.stringify(withTypes(request, parameters));
      return { method: request.method, url, headers, body, secretQuery: [] };
    }
  }
}

type JsonParameter = string | number | readonly string[];

function withTypes(request: TokenRequest, parameters: Parameters): Record<string, JsonParameter> {
  const entries = Object.entries(parameters).map(([name, value]): [string, JsonParameter] => {
    if (request.lists?.includes(name) === true) return [name, value.split(' ').filter((one) => one !== '')];
    if (request.numeric?.includes(name) !== true) return [name, value];
    if (!/^\d{1,15}$/.test(value)) throw new MooringError('internal', `"${name}" is not a whole number`);
    return [name, Number(value)];
  });
  return Object.fromEntries(entries);
}
