/** Our apps as the simulated platforms know them. The secrets are worthless outside the sandbox; never use them elsewhere. */

export interface App {
  readonly platform: 'shopify' | 'shopee';
  readonly clientId: string;
  secret: string;
  /** Registered redirect addresses, matched whole (Shopee: by origin); `loopback` allows any http address on this machine. */
  redirectUris: string[];
  /** Every exchange answers that the client's secret is wrong. */
  rejecting: boolean;
  /** Shopify: an exchange without expiring=1 is refused, as for public apps made since 2026-04-01. */
  expiringRequired: boolean;
}

export function defaultApps(): Record<App['platform'], App> {
  return {
    shopify: {
      platform: 'shopify',
      clientId: 'mooring-demo',
      secret: 'shpss_sandbox_0f1e2d3c4b5a69788796a5b4c3d2e1f0',
      redirectUris: ['loopback'],
      rejecting: false,
      expiringRequired: true,
    },
    shopee: {
      platform: 'shopee',
      clientId: '2001887',
      secret: 'shpk5a4e6f6d53616e64626f784b65793132333435363738394142434445463031',
      redirectUris: ['loopback'],
      rejecting: false,
      expiringRequired: false,
    },
  };
}

export function isLoopbackUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  const loopback = ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  return loopback && (url.protocol === 'http:' || url.protocol === 'https:') && url.username === '';
}

/** Whether a redirect address is registered, whole for `exact`, by scheme, host and port for `origin`. */
export function isRegisteredRedirect(app: App, uri: string, match: 'exact' | 'origin'): boolean {
  if (!URL.canParse(uri)) return false;
  return app.redirectUris.some((registered) => {
    if (registered === 'loopback') return isLoopbackUrl(uri);
    if (match === 'exact') return registered === uri;
    return URL.canParse(registered) && new URL(registered).origin === new URL(uri).origin;
  });
}
