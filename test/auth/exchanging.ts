// A platform for exchanges alone, and a send that answers from a list and keeps what it was asked.
import type { GrantContext } from '../../auth/index.ts';
import type { OutboundAnswer, OutboundRequest } from '../../domain/outbound.ts';
import type { AuthMethod, CodeObtain, Obtain, Platform } from '../../domain/platform.ts';
import { Secret } from '../../domain/secret.ts';
import { findPlatform } from '../../platforms/index.ts';

export const NOW_MS = Date.UTC(2026, 10, 21, 12);

export const TOKEN = {
  url: 'https://issuer.example/token',
  method: 'POST',
  format: 'form',
  parameters: { grant_type: 'client_credentials' },
  clientAuthentication: 'body',
} as const;

export const BEARER: AuthMethod = {
  credentialKind: 'token',
  obtain: { kind: 'client_credentials', fields: [] },
  renew: { kind: 'client_credentials', when: 'on_use', token: TOKEN },
  sign: [{ scheme: 'bearer' }],
  defaultLifetimeS: 600,
  tokenAnswer: {
    accessToken: 'access_token',
    refreshToken: 'refresh_token',
    expiresIn: { path: 'expires_in', unit: 'seconds' },
    scope: { path: 'scope', separator: ' ' },
  },
};

/** One of our own. */
export function platformOf(id: string): Platform {
  const platform = findPlatform(id);
  if (platform === undefined) throw new Error(`no platform ${id}`);
  return platform;
}

export function methodOf(platform: Platform, kind: string): AuthMethod {
  const method = platform.auth.find((one) => one.credentialKind === kind);
  if (method === undefined) throw new Error(`no method ${kind}`);
  return method;
}

export function platformWith(auth: readonly AuthMethod[], change: Partial<Platform> = {}): Platform {
  const known = findPlatform('medusa');
  if (known === undefined) throw new Error('no platform');
  return { ...known, shop: [], answers: [], auth, baseUrl: 'https://api.example', ...change };
}

export function secrets(texts: Readonly<Record<string, string>>): Record<string, Secret> {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, new Secret(text)]));
}

export interface Played {
  readonly context: GrantContext;
  readonly asked: OutboundRequest[];
}

export type Answer = Partial<Omit<OutboundAnswer, 'bodyText'>> & { readonly body?: unknown };

export interface Play {
  readonly platform: Platform;
  /** Of the platform's answers, in turn; the last one stays. */
  readonly answers?: readonly Answer[];
  readonly shop?: Readonly<Record<string, string>>;
  /** Of our registration; null for none. */
  readonly client?: {
    readonly id?: string;
    readonly secret?: string | null;
    readonly fields?: Readonly<Record<string, string>>;
  } | null;
  readonly approval?: Readonly<Record<string, string>>;
  readonly more?: Partial<GrantContext>;
}

export const GOOD: Answer = { body: { access_token: 'at', token_type: 'Bearer', expires_in: 60 } };

export function play({
  platform,
  answers = [GOOD],
  shop = {},
  client = {},
  approval = {},
  more = {},
}: Play): Played {
  const asked: OutboundRequest[] = [];
  const context: GrantContext = {
    platform,
    shop,
    registration:
      client === null
        ? null
        : {
            clientId: client.id ?? 'our-app',
            redirectUri: 'https://mooring.example/oauth/p/callback',
            secret: client.secret === null ? null : new Secret(client.secret ?? 'our-secret'),
            earlierSecrets: [],
            fields: secrets(client.fields ?? {}),
          },
    authorization: secrets(approval),
    send: async (request) => {
      asked.push(request);
      const { body, ...answer } = answers[Math.min(asked.length, answers.length) - 1] ?? GOOD;
      const bodyText = typeof body === 'string' ? body : JSON.stringify(body ?? null);
      return { status: 200, headers: {}, ...answer, bodyText };
    },
    nowMs: NOW_MS,
    ...more,
  };
  return { context, asked };
}

export function formOf(request: OutboundRequest | undefined): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(request?.body ?? ''));
}

/** A code grant with PKCE. */
export const CODE: CodeObtain = {
  kind: 'authorization_code',
  authorizeUrl: 'https://issuer.example/authorize',
  authorizeParameters: { state: '{state}' },
  scopeSeparator: ' ',
  pkce: 'S256',
  token: {
    ...TOKEN,
    parameters: {
      grant_type: 'authorization_code',
      code: '{code}',
      redirect_uri: '{redirectUri}',
      code_verifier: '{codeVerifier}',
    },
  },
  callback: [
    {
      step: 'callback',
      method: 'GET',
      from: 'browser',
      stateParameter: 'state',
      required: ['state', 'code'],
      grants: true,
    },
  ],
};

/** One optional field. */
export const SHOP: Platform['shop'] = [
  { name: 'seller', label: 'Seller', pattern: '^[a-z0-9]+$', help: '', example: 'a1', optional: true },
];

export function methodWith(obtain: Obtain, change: Partial<AuthMethod> = {}): AuthMethod {
  return { ...BEARER, obtain, renew: { kind: 'none' }, ...change };
}

export function codeWith(change: Partial<CodeObtain>, more: Partial<AuthMethod> = {}): AuthMethod {
  return methodWith({ ...CODE, ...change }, more);
}

/** What a callback brought, and what was kept for it. */
export const approval = { state: 's', code: 'c0de', codeVerifier: 'v'.repeat(43) };
