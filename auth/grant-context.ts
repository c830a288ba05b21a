// What obtaining and renewing are done with, and the values a token request's templates may name. Plaintext: it lives no longer than one exchange.
import type { CredentialMaterial } from '../domain/credential.ts';
import type { Send } from '../domain/outbound.ts';
import type { AuthMethod, Json, Platform, PlatformRequest, TokenRequest } from '../domain/platform.ts';
import type { Permission } from '../domain/resource.ts';
import type { Secret } from '../domain/secret.ts';
import { scopesFor } from '../platforms/scopes.ts';
import { templateValues } from './context.ts';
import type { Agents } from './standard-exchange.ts';
import { type Values, valuesOf } from './values.ts';

export interface GrantContext {
  readonly platform: Platform;
  readonly shop: Readonly<Record<string, string>>;
  readonly registration: {
    readonly clientId: string;
    readonly redirectUri: string | null;
    readonly secret: Secret | null;
    readonly earlierSecrets: readonly Secret[];
    /** The fields that the platform declares beside. */
    readonly fields?: Readonly<Record<string, Secret>>;
  } | null;
  /** What the approval brought: the callback's parameters, with codeVerifier where PKCE is used; or the fields of a form. */
  readonly authorization: Readonly<Record<string, Secret>> | null;
  /** What the connection is for: {scopes} is made of it. */
  readonly permissions?: readonly Permission[];
  readonly send: Send;
  /** The same guard as node agents, for the standard exchanges. */
  readonly agents?: Agents;
  /** One API call with a credential that is not saved yet; needed where the platform's data has a discovery. */
  readonly call?: (
    credential: CredentialMaterial,
    request: PlatformRequest,
    shop: Readonly<Record<string, string>>,
  ) => Promise<{ readonly body: Json }>;
  readonly nowMs: number;
}

/**
 * Later names hide earlier ones: what the platform sends can never take the place of our own registration or of a checked shop field. {redirectUri} is
 * the approval's own.
 */
export function grantValues(
  context: GrantContext,
  method: AuthMethod,
  token: TokenRequest | null,
  parts: Readonly<Record<string, string>>,
): Values {
  const { registration, platform } = context;
  const separator = token?.scopeSeparator ?? separatorOf(method);
  const scopes = scopesFor(platform, context.permissions ?? []).join(separator);
  const known = {
    ...(registration?.redirectUri == null ? {} : { redirectUri: registration.redirectUri }),
    ...parts,
    ...(scopes === '' ? {} : { scopes }),
    ...templateValues({
      platform,
      shop: context.shop,
      clientId: registration?.clientId ?? null,
      clientSecret: registration?.secret ?? null,
      registration: registration?.fields ?? {},
      credential: { kind: '', parts: {} },
    }),
    ...enteredIn(method, parts),
  };
  return valuesOf(known, optionalNames(platform, method));
}

/** What a merchant entered is theirs: a client id and secret of their own take the place of ours. */
function enteredIn({ obtain }: AuthMethod, parts: Readonly<Record<string, string>>): Record<string, string> {
  const names = 'fields' in obtain ? obtain.fields.map((field) => field.name) : [];
  return Object.fromEntries(Object.entries(parts).filter(([name]) => names.includes(name)));
}

function separatorOf({ obtain }: AuthMethod): string {
  return obtain.kind === 'authorization_code' ? (obtain.scopeSeparator ?? ' ') : ' ';
}

function optionalNames(platform: Platform, method: AuthMethod): string[] {
  const fields = [
    ...(platform.registration ?? []),
    ...('fields' in method.obtain ? method.obtain.fields : []),
  ];
  return ['scopes', ...fields.flatMap((field) => (field.optional === true ? [field.name] : []))];
}

/** The secrets of our app that a platform may have signed with, newest first. */
export function clientSecrets({ registration }: GrantContext): readonly Secret[] {
  return registration?.secret == null ? [] : [registration.secret, ...registration.earlierSecrets];
}
