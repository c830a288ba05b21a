// Obtains a credential from an approval and renews it, by the platform's data. Plaintext in, plaintext out: the caller seals it at once.
// Nothing here saves, retries or decides what a failure means for the connection.
import type { CredentialMaterial } from '../domain/credential.ts';
import { MooringError } from '../domain/errors.ts';
import type {
  AuthMethod,
  ClientCredentialsObtain,
  CodeObtain,
  HandshakeObtain,
  OAuth1Obtain,
  Obtain,
  Platform,
  TokenExchangeObtain,
} from '../domain/platform.ts';
import { checkCredentialForm, methodForFields } from '../platforms/credential-form.ts';
import { shopAfterCallback } from '../platforms/shop.ts';
import { assertCallbackSigned, grantingStep } from './callback.ts';
import { revealed } from './context.ts';
import { discover } from './discover.ts';
import { exchange } from './exchange.ts';
import { clientSecrets, type GrantContext, grantValues } from './grant-context.ts';
import { assertIssuer } from './issuer.ts';
import { OAUTH1_ANSWER, requestToken } from './oauth1-exchange.ts';
import { randomNonce } from './random-nonce.ts';
import { verifyJwt } from './received-jwt.ts';
import { fromSplit, marketsIn, shareOf, splitOf } from './several-shops.ts';
import { assertSignedText } from './signed-text.ts';
import { type Before, type Issued, readTokenAnswer } from './token-answer.ts';

export type { GrantContext } from './grant-context.ts';

/** An issued credential, with shop fields that only the approval told. */
export type Obtained = Issued & {
  readonly shop: Readonly<Record<string, string>>;
  /** The approval is for several shops, and this is no shop's credential but what each one's own is made of. */
  readonly shops?: readonly Readonly<Record<string, string>>[];
  /** The markets that one grant covers, where the answer lists several. */
  readonly markets?: readonly string[];
};

type Approval = Readonly<Record<string, string>>;

const NOTHING: Before = { parts: {}, lifetimeS: null, refreshExpiresAtMs: null };

/**
 * Turns an approval into a credential. Throws invalid_callback when its signature or its issuer is not the platform's, credential_rejected when the
 * platform does not take the code or what was entered, shop_mismatch, shop_ambiguous, signing_key_invalid, and the codes of an exchange.
 */
export async function obtainCredential(context: GrantContext, obtain: Obtain['kind']): Promise<Obtained> {
  const approval = revealed(context.authorization);
  const method = methodOf(context.platform, obtain, approval);
  try {
    const obtained = await obtainBy(context, method, approval);
    if (obtained.shops !== undefined) return obtained;
    const discovery = 'discover' in method.obtain ? method.obtain.discover : undefined;
    const { issued, shop } = await discover(
      { ...context, shop: obtained.shop },
      discovery,
      obtained,
      obtained.shop,
    );
    return { ...obtained, ...issued, shop };
  } catch (error) {
    throw asRefusal(error);
  }
}

async function obtainBy(context: GrantContext, method: AuthMethod, approval: Approval): Promise<Obtained> {
  const { obtain } = method;
  switch (obtain.kind) {
    case 'authorization_code':
      return await fromCode(context, method, obtain, approval);
    case 'oauth1':
      return await fromOAuth1(context, { ...method, obtain }, approval);
    case 'key_handshake':
      return await fromHandshake(context, method, obtain, approval);
    case 'token_exchange':
      return await fromSubject(context, method, obtain, approval);
    case 'client_credentials':
      return await fromForm(context, method, provedForm(context, obtain, approval));
    case 'pasted':
    case 'jwt_bearer':
      return await fromForm(context, method, checkCredentialForm(obtain, approval));
  }
}

/** What proves whose shop it is has done so, and is no part of the credential. */
function provedForm(context: GrantContext, obtain: ClientCredentialsObtain, approval: Approval): Approval {
  const entered = checkCredentialForm(obtain, approval);
  if (obtain.provedBy === undefined) return entered;
  const { [obtain.provedBy.field]: text = '', ...parts } = entered;
  assertSignedText(context, obtain.provedBy, text);
  return parts;
}

/** One shop's own credential, of what an approval for several gave. Throws as obtaining does. */
export async function obtainShare(context: GrantContext): Promise<Obtained> {
  return await shareOf(context).catch((error: unknown) => {
    throw asRefusal(error);
  });
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
  const { issued } = await exchange(context, method, renew.token, { before: { ...credential, parts } });
  return issued;
}

/** A credential of an older kind becomes one of the kind its `upgrade` names. Gives it; throws the codes of an exchange. */
export async function upgradeCredential(
  context: GrantContext,
  method: AuthMethod,
  material: CredentialMaterial,
): Promise<Issued> {
  const { upgrade } = method;
  const next = context.platform.auth.find((one) => one.credentialKind === upgrade?.to);
  if (upgrade === undefined || next === undefined)
    throw new MooringError('internal', `"${method.credentialKind}" has no upgrade`);
  const before = { ...NOTHING, parts: revealed(material.parts) };
  const { issued } = await exchange(context, next, upgrade.token, { before });
  return issued;
}

async function fromCode(
  context: GrantContext,
  method: AuthMethod,
  obtain: CodeObtain,
  approval: Approval,
): Promise<Obtained> {
  const step = grantingStep(context.platform, obtain);
  await assertCallbackSigned(context, step, approval);
  const shop = shopAfterCallback(context.platform, step, context.shop, approval);
  const told = { ...context, shop };
  assertIssuer(obtain.issuer, grantValues(told, method, null, approval), approval);
  const code = approval[step.codeParameter ?? 'code'];
  const brought = { ...approval, ...(code === undefined ? {} : { code }) };
  const before = { ...NOTHING, parts: partsOf(step.credentialFields, approval) };
  const split = splitOf(obtain, approval);
  if (split !== null) return await fromSplit(told, method, split, { before, approval: brought });
  const obtained = await exchange(told, method, obtain.token, { before, approval: brought });
  const markets = marketsIn(obtain, obtained.body);
  const issued =
    obtain.mintsAtOnce === true
      ? await mint({ ...context, shop: obtained.shop }, method, obtained.issued)
      : flat(obtained);
  return markets === null ? issued : { ...issued, markets };
}

async function fromOAuth1(
  context: GrantContext,
  method: AuthMethod & { readonly obtain: OAuth1Obtain },
  approval: Approval,
): Promise<Obtained> {
  const step = grantingStep(context.platform, method.obtain);
  await assertCallbackSigned(context, step, approval);
  const shop = shopAfterCallback(context.platform, step, context.shop, approval);
  const moment = { nowMs: context.nowMs, nonce: randomNonce() };
  const { body, serverNowMs } = await requestToken({ ...context, shop }, method, approval, moment);
  const before = { ...NOTHING, parts: partsOf(step.credentialFields, approval) };
  const clock = { nowMs: context.nowMs, serverNowMs };
  return { ...readTokenAnswer(method, method.tokenAnswer ?? OAUTH1_ANSWER, body, before, clock), shop };
}

async function fromHandshake(
  context: GrantContext,
  method: AuthMethod,
  obtain: HandshakeObtain,
  approval: Approval,
): Promise<Obtained> {
  const step = grantingStep(context.platform, obtain);
  await assertCallbackSigned(context, step, approval);
  const shop = shopAfterCallback(context.platform, step, context.shop, approval);
  const { shopSecret } = approval;
  const keys = { ...keysOf(obtain.keys, approval), ...(shopSecret === undefined ? {} : { shopSecret }) };
  return await fromForm({ ...context, shop }, method, keys);
}

/** What can be minted, logged in or refreshed with is, at once, so that the proof has a token; a key is taken as it is. */
async function fromForm(
  context: GrantContext,
  method: AuthMethod,
  parts: Readonly<Record<string, string>>,
): Promise<Obtained> {
  const isToken = method.renew.kind === 'refresh_token' && parts['accessToken'] !== undefined;
  const isMinted = method.renew.kind !== 'none' && !isToken;
  const issued = unexpiring(method, parts);
  return isMinted ? await mint(context, method, issued) : { ...issued, shop: context.shop };
}

/** RFC 8693. What was exchanged is not kept: it is the vendor's page's, and over in a minute. */
async function fromSubject(
  context: GrantContext,
  method: AuthMethod,
  obtain: TokenExchangeObtain,
  approval: Approval,
): Promise<Obtained> {
  const entered = checkCredentialForm(obtain, approval);
  if (obtain.subject !== undefined) {
    const verdict = await verifyJwt(entered['subjectToken'] ?? '', obtain.subject, {
      values: grantValues(context, method, null, {}),
      secrets: clientSecrets(context).map((secret) => secret.reveal()),
      send: context.send,
      nowMs: context.nowMs,
    });
    if (!verdict.ok)
      throw new MooringError('credential_rejected', `the subject token does not verify: ${verdict.at}`, {
        detail: { at: verdict.at },
      });
  }
  return flat(await exchange(context, method, obtain.token, { before: NOTHING, approval: entered }));
}

async function mint(context: GrantContext, method: AuthMethod, held: Issued): Promise<Obtained> {
  if (method.renew.kind === 'none')
    throw new MooringError('internal', `"${method.credentialKind}" cannot be minted`);
  return flat(await exchange(context, method, method.renew.token, { before: held }));
}

function flat({ issued, shop }: { issued: Issued; shop: Readonly<Record<string, string>> }): Obtained {
  return { ...issued, shop };
}

function methodOf(platform: Platform, obtain: Obtain['kind'], approval: Approval): AuthMethod {
  const isByForm = platform.auth.some((one) => 'fields' in one.obtain && one.obtain.kind === obtain);
  const method =
    obtain === 'pasted' || isByForm
      ? methodForFields(platform, Object.keys(approval))
      : platform.auth.find((one) => one.obtain.kind === obtain);
  if (method === undefined)
    throw new MooringError('invalid_credential_form', `"${platform.id}" has no such way to connect`);
  return method;
}

function keysOf(keys: Readonly<Record<string, string>>, approval: Approval): Record<string, string> {
  return Object.fromEntries(
    Object.entries(keys).map(([part, field]) => {
      const value = approval[field];
      if (value === undefined || value === '')
        throw new MooringError('invalid_callback', `the handshake lacks "${field}"`);
      return [part, value];
    }),
  );
}

function partsOf(fields: Readonly<Record<string, string>> | undefined, approval: Approval): Approval {
  return keysOf(fields ?? {}, approval);
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
