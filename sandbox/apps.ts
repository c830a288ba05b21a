/** Our apps as the simulated platforms know them. The secrets are worthless outside the sandbox; never use them elsewhere. */
import type { PlatformName } from './state.ts';

export interface App {
  readonly platform: PlatformName;
  /** Empty where a merchant's own key is all there is. */
  readonly clientId: string;
  secret: string;
  /** Registered redirect addresses, matched whole or by origin, as the platform does; `loopback` allows any http address on this machine. */
  redirectUris: string[];
  /** Where the platform tells what it tells an app at one address only; empty: nowhere. */
  notifyUrl: string;
  /** Every exchange answers that the client's secret is wrong. */
  rejecting: boolean;
  /** Shopify: an exchange without expiring=1 is refused, as for public apps made since 2026-04-01. */
  expiringRequired: boolean;
  /** Lifetimes in seconds; 0: does not end. Shopify's and Shopee's are in the settings. */
  accessTtlS: number;
  refreshTtlS: number;
  codeTtlS: number;
  /** Calls a second of one shop; the burst is twice that unless the platform's file says otherwise. */
  callsPerS: number;
  /** What nobody could confirm, or what a merchant may set: each platform's file says what its switches do. */
  switches: Record<string, boolean>;
  /** Further names the platform knows our app by. */
  readonly names: Readonly<Record<string, string>>;
}

const DAY_S = 86_400;

type Facts = Partial<Omit<App, 'platform' | 'rejecting' | 'expiringRequired'>>;

/** Where no redirect stands in the question, it is this one until control says otherwise. */
const callbackOf = (platform: PlatformName) => [
  `http://127.0.0.1:3000/oauth/${platform}/callback`,
  'loopback',
];

const FACTS: Record<PlatformName, Facts> = {
  shopify: { clientId: 'mooring-demo', secret: 'shpss_sandbox_0f1e2d3c4b5a69788796a5b4c3d2e1f0' },
  woocommerce: {},
  shopee: {
    clientId: '2001887',
    secret: 'shpk5a4e6f6d53616e64626f784b65793132333435363738394142434445463031',
  },
  magento: { codeTtlS: 300, callsPerS: 100, switches: { integrationAsBearer: false, repeatLastPage: true } },
  amazon: {
    redirectUris: callbackOf('amazon'),
    clientId: 'amzn1.application-oa2-client.sandbox0mooring',
    secret: 'amzn1.oa2-cs.v1.sandbox7f3a9c1e5b2d8064',
    accessTtlS: 3_600,
    codeTtlS: 300,
    names: { applicationId: 'amzn1.sp.solution.sandbox-mooring' },
  },
  etsy: {
    clientId: 'sandboxkeystring1mooring',
    secret: 'sbxshared9',
    accessTtlS: 3_600,
    refreshTtlS: 90 * DAY_S,
    codeTtlS: 300,
    callsPerS: 10,
  },
  ebay: {
    redirectUris: callbackOf('ebay'),
    clientId: 'Mooring-Sandbox-PRD-0a1b2c3d4-5e6f7081',
    secret: 'PRD-sandbox-9f8e7d6c5b4a-3210',
    accessTtlS: 7_200,
    refreshTtlS: 47_304_000,
    codeTtlS: 299,
    names: { ruName: 'Mooring-Mooring-Sandbo-demo' },
  },
  square: {
    redirectUris: callbackOf('square'),
    clientId: 'sq0idp-SandboxMooringApp00001',
    secret: 'sq0csp-sandbox5d1c9e7a3b8f2604',
    accessTtlS: 30 * DAY_S,
    codeTtlS: 300,
    names: { personalToken: 'EAAAsandboxpersonal9c1e7a3b8f2604d5' },
  },
  bigcommerce: {
    clientId: 'sandboxmooringbigcommerceclient',
    secret: 'bcsecret_sandbox_4d7b9a1c3e5f6082',
    codeTtlS: 300,
    callsPerS: 15,
  },
  commercetools: { accessTtlS: 48 * 3_600 },
  shopware6: {
    secret: 'swappsecret_sandbox_5a7c9e1b3d2f4068',
    accessTtlS: 600,
    names: { app: 'Mooring' },
    switches: { saasLimits: false },
  },
  bolcom: {
    clientId: '6b1e0c9a-sandbox-4f5d-intermediary',
    secret: 'bolsecret_sandbox_8a6c4e2f0b1d3957',
    accessTtlS: 299,
    refreshTtlS: 365 * DAY_S,
    codeTtlS: 300,
    switches: { rotates: true },
  },
  lazada: {
    clientId: '100132',
    secret: 'lzdsandboxA1b2C3d4E5f6G7h8I9j0',
    accessTtlS: 30 * DAY_S,
    refreshTtlS: 180 * DAY_S,
    codeTtlS: 1_800,
    callsPerS: 20,
    switches: { rotates: true },
  },
  tiktokshop: {
    redirectUris: callbackOf('tiktokshop'),
    clientId: '6sandboxkey1a',
    secret: 'ttssandbox0c1d2e3f4a5b6c7d8e9f0a1b2c3d',
    accessTtlS: 7 * DAY_S,
    refreshTtlS: 365 * DAY_S,
    codeTtlS: 1_800,
    callsPerS: 50,
    names: { serviceId: '7431000000000000001' },
    switches: { rotates: true },
  },
  coupang: { callsPerS: 10 },
  kaufland: { callsPerS: 111, switches: { base64: false, unasked: false } },
  walmart: {
    clientId: 'sandbox-solution-provider',
    secret: 'wmsecret_sandbox_3c5e7a9b1d2f4068',
    switches: { wordBasic: false },
    accessTtlS: 900,
    refreshTtlS: 365 * DAY_S,
    codeTtlS: 300,
    callsPerS: 20,
  },
  prestashop: {},
  ecwid: {
    clientId: 'mooring-sandbox-ecwid',
    secret: 'ecwidsecret_sandbox_1f3d5b7a9c2e4068',
    codeTtlS: 300,
    callsPerS: 10,
  },
  squarespace: {
    clientId: 'sqsp-sandbox-mooring',
    secret: 'sqspsecret_sandbox_6e8a0c2d4f1b3957',
    accessTtlS: 1_800,
    refreshTtlS: 7 * DAY_S,
    codeTtlS: 300,
    callsPerS: 5,
    switches: { rotates: true },
  },
  vtex: { callsPerS: 100 },
  mercadolibre: {
    clientId: '7410000000000001',
    secret: 'mlsecret_sandbox_5e7a9c1b3d2f4068',
    accessTtlS: 21_600,
    refreshTtlS: 180 * DAY_S,
    codeTtlS: 600,
    callsPerS: 25,
    switches: { pkce: false },
  },
  allegro: {
    clientId: 'sandbox0allegro0mooring0client00',
    secret: 'allegrosecret_sandbox_8b0d2f4a6c1e3957',
    accessTtlS: 43_199,
    refreshTtlS: 90 * DAY_S,
    codeTtlS: 10,
    callsPerS: 150,
  },
  wix: {
    clientId: '5a7b9c1d-sandbox-4e6f-8a0b-wixmooringapp',
    secret: 'wixsecret_sandbox_7c9e1b3d5f2a4068',
    accessTtlS: 14_400,
    callsPerS: 3.33,
    switches: { catalogV3: true },
  },
  sfcc: { accessTtlS: 1_800, callsPerS: 50 },
  tiendanube: {
    redirectUris: callbackOf('tiendanube'),
    clientId: '10451',
    secret: 'tnsecret_sandbox_2b4d6f8a0c1e3957',
    codeTtlS: 30,
    callsPerS: 2,
    switches: { authorizationHeader: false },
  },
  otto: {
    clientId: '2f6b8d0c-sandbox-4a1e-service-partner',
    secret: 'ottosecret_sandbox_9e1b3d5f7a2c4068',
    accessTtlS: 1_800,
    codeTtlS: 300,
    callsPerS: 20,
    names: { appId: '7b1d9c5e-2f4a-4b8c-9d0e-1a2b3c4d5e6f' },
  },
  mirakl: { callsPerS: 50, switches: { onceAMinute: false } },
  trendyol: { callsPerS: 5, switches: { formerNames: false } },
  faire: {
    clientId: 'apa_sandboxmooring',
    secret: 'fairesecret_sandbox_4a6c8e0b2d1f3957',
    codeTtlS: 600,
    callsPerS: 5,
    switches: { snakeCallback: false },
  },
  lightspeed: {
    clientId: 'sandboxmooringlightspeedclient01',
    secret: 'lssecret_sandbox_6c8e0a2d4f1b3957',
    accessTtlS: DAY_S,
    codeTtlS: 600,
    switches: { base64Signature: false },
  },
  shoptet: {
    clientId: 'ae5d72b8964a08ed',
    secret: 'shoasecret_sandbox_7e9a1c3b5d2f4068',
    accessTtlS: 1_800,
    codeTtlS: 5,
    callsPerS: 10,
    names: { partnerHost: '12345.myshoptet.com' },
  },
  saleor: { callsPerS: 50 },
  medusa: { accessTtlS: DAY_S },
};

export function defaultApps(): Record<PlatformName, App> {
  const app = (platform: PlatformName): App => ({
    platform,
    clientId: '',
    secret: '',
    redirectUris: ['loopback'],
    notifyUrl: '',
    rejecting: false,
    expiringRequired: platform === 'shopify',
    accessTtlS: 0,
    refreshTtlS: 0,
    codeTtlS: 600,
    callsPerS: 1_000,
    names: {},
    ...FACTS[platform],
    switches: { ...FACTS[platform].switches },
  });
  return {
    shopify: app('shopify'),
    woocommerce: app('woocommerce'),
    shopee: app('shopee'),
    magento: app('magento'),
    amazon: app('amazon'),
    etsy: app('etsy'),
    ebay: app('ebay'),
    square: app('square'),
    bigcommerce: app('bigcommerce'),
    commercetools: app('commercetools'),
    shopware6: app('shopware6'),
    bolcom: app('bolcom'),
    lazada: app('lazada'),
    tiktokshop: app('tiktokshop'),
    coupang: app('coupang'),
    kaufland: app('kaufland'),
    walmart: app('walmart'),
    prestashop: app('prestashop'),
    ecwid: app('ecwid'),
    squarespace: app('squarespace'),
    vtex: app('vtex'),
    mercadolibre: app('mercadolibre'),
    allegro: app('allegro'),
    wix: app('wix'),
    sfcc: app('sfcc'),
    tiendanube: app('tiendanube'),
    otto: app('otto'),
    mirakl: app('mirakl'),
    trendyol: app('trendyol'),
    faire: app('faire'),
    lightspeed: app('lightspeed'),
    shoptet: app('shoptet'),
    saleor: app('saleor'),
    medusa: app('medusa'),
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
