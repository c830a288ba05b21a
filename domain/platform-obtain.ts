// How a credential is obtained, as data: the approval's address, its callback steps, what is entered by hand. Texts are templates, as in a token
// request. A function stands here only where data cannot say it, and is pure.
import type { Json, PlatformRequest } from './platform-resource.ts';
import type { SeveralShops } from './platform-several.ts';
import type { JwtExpected, OAuth1Sign, ReceivedSignature } from './platform-sign.ts';
import type { CredentialField, Part, TokenRequest } from './platform-token.ts';

/** One step of a callback route, ANY /oauth/{platform}/{step}. */
export interface CallbackStep {
  readonly step: string;
  readonly method: 'GET' | 'POST';
  /** browser: bound to the merchant's browser by cookie. server: the platform's own server calls, no cookie. */
  readonly from: 'browser' | 'server';
  /** Parameter that carries our single-use state. With `startsAt` it may be absent. */
  readonly stateParameter: string;
  /** Parameters this step must carry when the merchant approved. */
  readonly required: readonly string[];
  /** Of these it must carry one at least. */
  readonly requiredOneOf?: readonly string[];
  /** A parameter and the values of it that mean the merchant declined. */
  readonly denied?: { readonly parameter: string; readonly values?: readonly string[] };
  /** Parameter that carries the authorization code; default code. It is {code} in the exchange. */
  readonly codeParameter?: string;
  /**
   * Shop field → parameter that tells it, or part of one. A field the connection already has must be the same, else the callback is refused
   * with shop_mismatch; a field it does not have yet is taken from here.
   */
  readonly shopFields?: Readonly<Record<string, string | Part>>;
  /** Credential field → parameter that brings it. */
  readonly credentialFields?: Readonly<Record<string, string>>;
  /** Whether this step brings what the exchange needs; a step that does not only shows the outcome. */
  readonly grants: boolean;
  /** How the callback is signed; verified before anything is exchanged. */
  readonly signature?: CallbackSignature | ReceivedSignature;
  /**
   * platform: the install begins in the platform's own marketplace, so that this step comes without a state of ours; either: with or without. What it
   * brings waits sealed until a tenant claims it, at most `claimWithinS` (default 3600).
   */
  readonly startsAt?: 'platform' | 'either';
  readonly claimWithinS?: number;
  /** An unguessable parameter that the server's step and the browser's both carry: by it the browser's finds the install that the server's brought. */
  readonly correlatedBy?: string;
  /** at_once: before it is claimed, because the code lives for seconds; default when_claimed. */
  readonly exchange?: 'at_once' | 'when_claimed';
  /**
   * Where the browser goes once it is claimed: on to our approval address, or to one the callback names. Its host must match `host`, anchored, or be that of
   * the shop field `hostOf`.
   */
  readonly continueAt?:
    | 'authorize'
    | {
        readonly parameter: string;
        readonly host: string;
        readonly add?: Readonly<Record<string, string>>;
      }
    | { readonly parameter: string; readonly hostOf: string };
  /** What the platform's server is answered, beside status 200: JSON, member → template over the callback, {newSecret} (64 characters, kept as shopSecret), {proof} (HMAC-SHA256 of `message` by `key`, hex), {stepUrl:name}, which carries a state of ours. */
  readonly reply?: {
    readonly json: Readonly<Record<string, string>>;
    readonly proof?: { readonly key: string; readonly message: string };
  };
  /**
   * A shop that is connected already signs besides, with the secret it has: its connection is found by `shopField`, and the parts of its credential are what
   * `signature` may name. Without it nothing is answered.
   */
  readonly again?: { readonly shopField: string; readonly signature: ReceivedSignature };
}

/** The form of callback signature that the first platforms use: HMAC-SHA256 by the client secret over all other parameters. */
export interface CallbackSignature {
  readonly parameter: string;
  readonly algorithm: 'hmac-sha256';
  readonly encoding: 'hex';
  /** sorted_query: remaining parameters sorted by name, URL-encoded, joined k=v with &. */
  readonly message: 'sorted_query';
  readonly except: readonly string[];
  readonly timestamp?: { readonly parameter: string; readonly toleranceS: number };
}

/** Who issues the codes (RFC 8414, RFC 9207). */
export interface Issuer {
  /** Template of the issuer identifier, compared with `iss` character by character. */
  readonly identifier: string;
  /** required: every answer carries `iss` (RFC 9207 § 3); checked_when_sent: some do. A different one is refused before the code is sent anywhere. */
  readonly iss: 'required' | 'checked_when_sent';
  /**
   * Metadata read before an exchange, kept a while: oauth: RFC 8414 § 3; openid: OpenID Connect Discovery § 4. Its `issuer` must be the identifier. It gives {tokenEndpoint}
   * {revocationEndpoint} {jwksUri}; an address the merchant's browser is sent to is always in the data.
   */
  readonly metadata?: 'oauth' | 'openid';
}

/** What a call made with the new token tells before the proof: the shops it is good for, and what calls need beside the token. */
export interface Discovery {
  readonly request: (shop: Readonly<Record<string, string>>) => PlatformRequest;
  /** One entry a shop. The entry whose `shop` agrees with the connection's fields is taken; several, and none named, is shop_ambiguous. Pure. */
  readonly read: (answer: { readonly body: Json }) => readonly {
    readonly name: string;
    readonly shop: Readonly<Record<string, string>>;
    readonly parts: Readonly<Record<string, string>>;
  }[];
  /** Names of the parts that it brings. */
  readonly brings?: readonly string[];
}

/** A platform has at most one method of each kind that has a `callback`, and no two methods with fields of the same names. */
export type Obtain =
  | CodeObtain
  | HandshakeObtain
  | OAuth1Obtain
  | PastedObtain
  | ClientCredentialsObtain
  | AssertionObtain
  | TokenExchangeObtain;

/** Approved at the platform, which calls back. */
export type BrowserObtain = CodeObtain | HandshakeObtain | OAuth1Obtain;

/** Begun with what is entered in a form, or with nothing but our own registration. */
export type FormObtain = PastedObtain | ClientCredentialsObtain | AssertionObtain | TokenExchangeObtain;

/** RFC 6749 § 4.1, with PKCE (RFC 7636) wherever the platform takes it. */
export interface CodeObtain {
  readonly kind: 'authorization_code';
  /** Over shop, public registration fields and {clientId}. */
  readonly authorizeUrl: string;
  /** Query parameter → template over {clientId} {redirectUri} {state} {scopes} {codeChallenge} {nonce}, shop and public registration fields. */
  readonly authorizeParameters: Readonly<Record<string, string>>;
  readonly scopeSeparator: ',' | ' ' | null;
  readonly pkce: 'S256' | 'unsupported';
  readonly token: TokenRequest;
  readonly callback: readonly CallbackStep[];
  readonly issuer?: Issuer;
  readonly discover?: Discovery;
  /** What becomes of an approval that is good for several shops. */
  readonly severalShops?: SeveralShops;
  /** The code's own token is only good for minting the one that calls carry: renewed at once, its parts kept. */
  readonly mintsAtOnce?: true;
}

/** The platform makes keys and its server posts them to us. */
export interface HandshakeObtain {
  readonly kind: 'key_handshake';
  /** "" where the install begins at the platform (a step with `startsAt`). */
  readonly authorizeUrl: string;
  /** as above, plus {callbackUrl} (the granting step) and {returnUrl} (the browser's step), {access}. */
  readonly authorizeParameters: Readonly<Record<string, string>>;
  /** {access}: the platform's word for read-only, and for read and write. */
  readonly access: { readonly read: string; readonly write: string };
  /** credential field → field of the handshake's body */
  readonly keys: Readonly<Record<string, string>>;
  readonly callback: readonly CallbackStep[];
}

/** RFC 5849 § 2: temporary credentials, approval, token credentials. */
export interface OAuth1Obtain {
  readonly kind: 'oauth1';
  /** before_redirect: § 2.1, then the browser goes to authorizeUrl. after_callback: the platform brings the verifier unasked, and both exchanges follow at once (Magento). */
  readonly temporary: 'before_redirect' | 'after_callback';
  readonly requestTokenUrl: string;
  readonly accessTokenUrl: string;
  /** "" with after_callback. {requestToken} beside the names of a code grant. */
  readonly authorizeUrl: string;
  readonly authorizeParameters: Readonly<Record<string, string>>;
  /** How both exchanges are signed; its token fields are filled as they become known. */
  readonly sign: Omit<OAuth1Sign, 'token' | 'tokenSecret'>;
  /** Parameter of the granting step that carries oauth_verifier. */
  readonly verifierParameter: string;
  readonly callback: readonly CallbackStep[];
}

/** What a merchant enters is the credential; with `renew: login` it is logged in with at once. */
export interface PastedObtain {
  readonly kind: 'pasted';
  readonly fields: readonly CredentialField[];
  readonly discover?: Discovery;
}

/** RFC 6749 § 4.4: minted by `renew.token`. Fields are the merchant's own client id and secret; none where our registration is the client. */
export interface ClientCredentialsObtain {
  readonly kind: 'client_credentials';
  readonly fields: readonly CredentialField[];
  /** Needed where our own registration mints for whichever shop is named: whoever names one must show that it is theirs. */
  readonly provedBy?: SignedText;
  readonly discover?: Discovery;
}

/** A text that the platform gave the merchant's browser: signature.data, both base64url, HMAC-SHA256 of the data's text by our client secret; the data is JSON. */
export interface SignedText {
  /** The field that brings it; not kept. */
  readonly field: string;
  /** Shop field → member of the data that must say the same. */
  readonly shopFields: Readonly<Record<string, string>>;
  /** The member that tells when it was signed (RFC 3339), and how old it may be. */
  readonly signedAt: { readonly member: string; readonly withinS: number };
  /** A member that must be there, and one that must not: who it was given to. */
  readonly required?: string;
  readonly refused?: string;
}

/** RFC 7523 § 2.1: minted by `renew.token` and its `assertion`. */
export interface AssertionObtain {
  readonly kind: 'jwt_bearer';
  readonly fields: readonly CredentialField[];
  readonly discover?: Discovery;
}

/** RFC 8693: a token the vendor's own page holds for a moment becomes one of ours. `fields` brings it, as subjectToken. */
export interface TokenExchangeObtain {
  readonly kind: 'token_exchange';
  readonly fields: readonly CredentialField[];
  /** The subject token is a JWT and is verified before it is sent. */
  readonly subject?: JwtExpected;
  readonly token: TokenRequest;
  readonly discover?: Discovery;
}
