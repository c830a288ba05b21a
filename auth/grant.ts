// Obtains a credential from an approval and renews it, by the platform's data. Plaintext in, plaintext out: the caller seals it at once.
// Nothing here saves, retries or decides what a failure means for the connection.
import type { CredentialMaterial } from '../domain/credential.ts';
import { MooringError } from '../domain/errors.ts';
import type { Send } from '../domain/outbound.ts';
import type { AuthMethod, CallbackStep, Obtain, Platform, TokenRequest } from '../domain/platform.ts';
import type { Secret } from '../domain/secret.ts';
import { checkCredentialForm, methodForFields } from '../platforms/credential-form.ts';
import { shopAfterCallback } from '../platforms/shop.ts';
import { verifyCallback } from './callback-signature.ts';
import { templateValues } from './context.ts';
import { type Values, valuesOf } from './index.ts';
import type { Agents } from './standard-exchange.ts';
import { type Before, type Issued, readTokenAnswer } from './token-answer.ts';
import { exchangeToken } from './token-exchange.ts';

export interface GrantContext {
  readonly platform: Platform;
  readonly shop: Readonly<Record<string, string>>;
  readonly registration: {
    readonly clientId: string;
    readonly redirectUri: string | null;
    readonly secret: Secret | null;
    readonly earlierSecrets: readonly Secret[];
  } | null;
  /** What the approval brought: the callback's parameters, with codeVerifier where PKCE is used; or the pasted fields. */
  readonly authorization: Readonly<Record<string, Secret>> | null;
  readonly send: Send;
  /** The same guard as node agents, for the standard exchanges. */
  readonly agents?: Agents;
  readonly nowMs: number;
}

/** An issued credential, with shop fields that only the approval told. */
export type Obtained = Issued & { readonly shop: Readonly<Record<string, string>> };

/**
 * Turns an approval into a credential. Throws invalid_callback when its signature is not the platform's, credential_rejected when the platform
 * does not take the code or what was pasted, and the codes of an exchange.
 */
export async function obtainCredential(context: GrantContext, obtain: Obtain['kind']): Promise<Obtained> {
  const approval = revealed(context.authorization);
  const method = methodOf(context.platform, obtain, approval);
  try {
    switch (method.obtain.kind) {
      case 'authorization_code':
        return await fromCode(context, method, method.obtain, approval);
      case 'key_handshake':
        return { ...unexpiring(method, keysOf(method.obtain.keys, approval)), shop: context.shop };
      case 'pasted':
        return {
          ...(await fromPasted(context, method, checkCredentialForm(method.obtain, approval))),
          shop: context.shop,
        };
      case 'oauth1':
      case 'client_credentials':
      case 'jwt_bearer':
      case 'token_exchange':
        throw new MooringError('internal', `"${method.obtain.kind}" is not there yet`);
    }
  } catch (error) {
    throw asRefusal(error);
  }
}

/** Renews by the platform's way. Gives all parts, those kept from before included. Throws credential_dead and the codes of an exchange. */
export async function renewCredential(
  context: GrantContext,
  method: AuthMethod,
  credential: {
    readonly material: CredentialMaterial;
    readonly lifetimeS: number | null;
    readonly refreshExpiresAtMs: number | null;
  },
): Promise<Issued> {
  const { renew } = method;
  if (renew.kind === 'none')
    throw new MooringError(
      'credential_dead',
      `a credential of kind "${method.credentialKind}" cannot be renewed`,
    );
  const parts = revealed(credential.material.parts);
  if (renew.kind === 'refresh_token' && parts['refreshToken'] === undefined) {
    throw new MooringError('credential_dead', 'the credential holds no refresh token');
  }
  return await exchange(context, method, renew.token, { ...credential, parts });
}

type CodeObtain = Extract<Obtain, { kind: 'authorization_code' }>;

async function fromCode(
  context: GrantContext,
  method: AuthMethod,
  obtain: CodeObtain,
  approval: Readonly<Record<string, string>>,
): Promise<Obtained> {
  const step = obtain.callback.find((one) => one.grants);
  if (step === undefined)
    throw new MooringError('internal', `no callback step of "${context.platform.id}" brings the grant`);
  assertSigned(context, step, approval);
  const shop = shopAfterCallback(context.platform, step, context.shop, approval);
  const issued = await exchange(
    { ...context, shop },
    method,
    obtain.token,
    { parts: {}, lifetimeS: null, refreshExpiresAtMs: null },
    approval,
  );
  return { ...issued, shop };
}

function assertSigned(
  context: GrantContext,
  step: CallbackStep,
  approval: Readonly<Record<string, string>>,
): void {
  if (step.signature === undefined || 'kind' in step.signature) return;
  const { registration } = context;
  const secrets = registration?.secret == null ? [] : [registration.secret, ...registration.earlierSecrets];
  const { codeVerifier: _ours, ...parameters } = approval;
  const verdict = verifyCallback(step.signature, secrets, parameters, context.nowMs);
  if (!verdict.ok)
    throw new MooringError('invalid_callback', `the callback does not verify: ${verdict.at}`, {
      detail: { at: verdict.at },
    });
}

/** A login is made at once, so that the proof has a token; a key is taken as it is. */
async function fromPasted(
  context: GrantContext,
  method: AuthMethod,
  parts: Record<string, string>,
): Promise<Issued> {
  if (method.renew.kind !== 'login') return unexpiring(method, parts);
  return await exchange(context, method, method.renew.token, {
    parts,
    lifetimeS: null,
    refreshExpiresAtMs: null,
  });
}

async function exchange(
  context: GrantContext,
  method: AuthMethod,
  token: TokenRequest,
  before: Before,
  approval: Readonly<Record<string, string>> = {},
): Promise<Issued> {
  const { platform, send, nowMs, agents } = context;
  const values = grantValues(context, { ...approval, ...before.parts });
  const body = await exchangeToken(token, {
    platform,
    values,
    send,
    nowMs,
    answerForm: method.tokenAnswer,
    agents,
  });
  return readTokenAnswer(method, body, before, nowMs);
}

function grantValues(context: GrantContext, parts: Readonly<Record<string, string>>): Values {
  const registration = context.registration;
  return valuesOf({
    ...parts,
    ...(registration?.redirectUri == null ? {} : { redirectUri: registration.redirectUri }),
    ...templateValues({
      shop: context.shop,
      clientId: registration?.clientId ?? null,
      clientSecret: registration?.secret ?? null,
      credential: { kind: '', parts: {} },
    }),
  });
}

function methodOf(
  platform: Platform,
  obtain: Obtain['kind'],
  approval: Readonly<Record<string, string>>,
): AuthMethod {
  const method =
    obtain === 'pasted'
      ? methodForFields(platform, Object.keys(approval))
      : platform.auth.find((one) => one.obtain.kind === obtain);
  if (method === undefined)
    throw new MooringError('invalid_credential_form', `"${platform.id}" has no such way to connect`);
  return method;
}

function keysOf(
  keys: Readonly<Record<string, string>>,
  approval: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(keys).map(([part, field]) => {
      const value = approval[field];
      if (value === undefined || value === '')
        throw new MooringError('invalid_callback', `the handshake lacks "${field}"`);
      return [part, value];
    }),
  );
}

function unexpiring(method: AuthMethod, parts: Readonly<Record<string, string>>): Issued {
  const lifetimeS = method.defaultLifetimeS;
  return {
    kind: method.credentialKind,
    parts,
    lifetimeS,
    expiresAtMs: null,
    refreshExpiresAtMs: null,
    scopes: null,
  };
}

/** While connecting, a dead grant is a code or a pasted credential that the platform does not take. */
function asRefusal(error: unknown): unknown {
  if (
    !(error instanceof MooringError) ||
    (error.code !== 'credential_dead' && error.code !== 'platform_rejected')
  )
    return error;
  return new MooringError('credential_rejected', error.message, { cause: error, detail: error.detail });
}

function revealed(secrets: Readonly<Record<string, Secret>> | null): Record<string, string> {
  return Object.fromEntries(Object.entries(secrets ?? {}).map(([name, secret]) => [name, secret.reveal()]));
}
