// The address a merchant's browser is sent to, made of the platform's data. Values are encoded here and nowhere else.
import type { BrowserObtain } from '../domain/platform.ts';
import { fillTemplate } from './template.ts';

export interface AuthorizeValues {
  readonly shop: Readonly<Record<string, string>>;
  readonly clientId: string;
  readonly state: string;
  /** Where the platform sends the browser back to; for a handshake where its server posts the keys. */
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  /** RFC 7636 § 4.2; needed where the platform's data says S256. */
  readonly codeChallenge?: string;
  /** Handshake: where the browser goes afterwards. */
  readonly returnUrl?: string;
  /** Handshake: whether any wish is to write. */
  readonly isWriting?: boolean;
  /** What the approval page calls us. */
  readonly appName?: string;
  /** OpenID Connect: made of the state, so that the id_token's can be checked. */
  readonly nonce?: string;
  /** OAuth 1.0a: the temporary credential's identifier (RFC 5849 § 2.2). */
  readonly requestToken?: string;
  /** The public fields of our registration. */
  readonly registration?: Readonly<Record<string, string>>;
}

/** Throws internal when the data asks for a value that is not given. */
export function authorizeUrl(obtain: BrowserObtain, values: AuthorizeValues): string {
  const clientId = encodeURIComponent(values.clientId);
  const url = new URL(
    fillTemplate(obtain.authorizeUrl, { ...values.registration, clientId, ...values.shop }),
  );
  const filled = { ...values.shop, ...values.registration, ...templateValues(obtain, values) };
  for (const [name, template] of Object.entries(obtain.authorizeParameters)) {
    url.searchParams.set(name, fillTemplate(template, filled));
  }
  return url.toString();
}

function templateValues(obtain: BrowserObtain, values: AuthorizeValues): Record<string, string> {
  const common = {
    clientId: values.clientId,
    state: values.state,
    redirectUri: values.redirectUri,
    appName: values.appName ?? 'Mooring',
  };
  switch (obtain.kind) {
    case 'authorization_code':
      return {
        ...common,
        scopes: values.scopes.join(obtain.scopeSeparator ?? ' '),
        ...(values.codeChallenge === undefined ? {} : { codeChallenge: values.codeChallenge }),
        ...(values.nonce === undefined ? {} : { nonce: values.nonce }),
      };
    case 'oauth1':
      return {
        ...common,
        ...(values.requestToken === undefined ? {} : { requestToken: values.requestToken }),
      };
    case 'key_handshake':
      return {
        ...common,
        callbackUrl: values.redirectUri,
        access: values.isWriting === true ? obtain.access.write : obtain.access.read,
        ...(values.returnUrl === undefined ? {} : { returnUrl: values.returnUrl }),
      };
  }
}
