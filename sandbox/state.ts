/** What the sandbox remembers between requests and between starts: one plain JSON document. Nothing here knows a platform's rules. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type App, defaultApps } from './apps.ts';

export const PLATFORM_NAMES = [
  'shopify',
  'woocommerce',
  'shopee',
  'magento',
  'amazon',
  'etsy',
  'ebay',
  'square',
  'bigcommerce',
  'commercetools',
  'shopware6',
  'bolcom',
  'lazada',
  'tiktokshop',
  'coupang',
  'kaufland',
  'walmart',
  'prestashop',
  'ecwid',
  'squarespace',
  'vtex',
  'mercadolibre',
  'allegro',
  'wix',
  'sfcc',
  'tiendanube',
  'otto',
  'mirakl',
  'trendyol',
  'faire',
  'lightspeed',
  'shoptet',
  'saleor',
  'medusa',
] as const;
export type PlatformName = (typeof PLATFORM_NAMES)[number];

export function isPlatformName(value: unknown): value is PlatformName {
  return PLATFORM_NAMES.some((name) => name === value);
}

export type ResourceName = 'orders' | 'products' | 'customers' | 'inventory';
export type HostileKind =
  | 'missing_id'
  | 'wrong_types'
  | 'huge_number'
  | 'proto'
  | 'nul'
  | 'huge_text'
  | 'bad_date'
  | 'null_record';

/** What happened to one record since the shop was generated. */
export interface Change {
  version: number;
  updatedAtMs: number;
  createdAtMs?: number;
  gone?: boolean;
  hostile?: HostileKind;
}

export interface Collection {
  /** Records generated with the shop; those above are added ones. */
  initial: number;
  added: number;
  /** Counts changes, so that sorted views know when they are old. */
  stamp: number;
  changes: Record<string, Change>;
}

export type Approval = 'ask' | 'approve' | 'deny';
export type Unavailable = 'frozen' | 'locked' | 'closed';

export interface Shop {
  /** How control addresses it: the host, with its folder, where a shop has its own; else the platform's word for it. */
  key: string;
  platform: PlatformName;
  host: string;
  /** A self-hosted shop in a folder: '/store'; else empty. */
  basePath: string;
  /** False: a WooCommerce shop on plain http, where only OAuth 1.0a signatures are accepted. */
  secure: boolean;
  /** The platform's immutable number for the shop. */
  id: number;
  name: string;
  seed: string;
  createdAtMs: number;
  /** The last generated record's time; records spread over `historyDays` before it. */
  untilMs: number;
  historyDays: number;
  currency: string;
  plan: 'standard' | 'advanced' | 'plus' | 'enterprise';
  timeZoneOffsetMinutes: number;
  approval: Approval | null;
  /** Approval grants only these scopes where set. */
  grantOnly: string[] | null;
  unavailable: Unavailable | null;
  collections: Record<ResourceName, Collection>;
}

export interface Generation {
  n: number;
  access: string;
  accessExpiresAtMs: number | null;
  /** The refresh token; where there is none, the secret half of the credential. */
  refresh: string | null;
  refreshExpiresAtMs: number | null;
  /** A refresh token that was exchanged, and when. */
  refreshUsedAtMs: number | null;
  /** Fewer than the grant's, where a token was asked for with less. */
  scopes?: string[];
}

export interface Grant {
  id: string;
  platform: PlatformName;
  shopKey: string;
  clientId: string;
  scopes: string[];
  state: 'live' | 'rejected' | 'uninstalled';
  createdAtMs: number;
  endsAtMs: number | null;
  generations: Generation[];
  /** Successful exchanges by the generation whose refresh token was presented. */
  exchanges: Record<string, number>;
  refusedExchanges: number;
  calls: number;
  /** API calls and exchanges that came after the grant had ended. */
  callsAfterEnd: number;
  /** What else the platform keeps with it: a consumer's secret, an owner's id. */
  facts?: Record<string, string>;
}

export interface Code {
  platform: PlatformName;
  shopKey: string;
  clientId: string;
  scopes: string[];
  expiresAtMs: number;
  used: boolean;
  /** The redirect it was given for, where the platform compares it. */
  redirectUri?: string;
  /** The PKCE challenge, S256. */
  challenge?: string;
  /** Shopee: an approval for every shop of this account. */
  mainAccount?: string;
}

/** Shopee: what an approval by main account may still be used for, by its first refresh token. */
export interface MainGrant {
  clientId: string;
  account: string;
  /** Keys of the shops it covers, and of those that have had their own pair. */
  shops: string[];
  used: string[];
  expiresAtMs: number;
  endsAtMs: number;
}

/** What an app asked to be told. */
export interface Subscription {
  id: string;
  platform: PlatformName;
  /** Null: for every shop of the app. */
  shopKey: string | null;
  topics: string[];
  url: string;
  /** What its pushes are signed with, where it is its own. */
  secret: string;
  /** The grant that made it. */
  grantId: string | null;
  state: 'active' | 'paused' | 'disabled';
  /** In a row. */
  failures: number;
  createdAtMs: number;
  updatedAtMs: number;
  facts: Record<string, string>;
}

export interface Settings {
  approval: Approval;
  /** Where pushes go in truth, whatever the origin in their address; empty: to their address. */
  pushTo: string;
  shopifyAccessTtlS: number;
  shopifyRefreshTtlS: number;
  shopifyCodeTtlS: number;
  shopeeAccessTtlS: number;
  shopeeRefreshTtlS: number;
  shopeeCodeTtlS: number;
  shopeeGrantDays: number;
  /** Calls a second a Shopee shop may make; the burst is twice that. */
  shopeeCallsPerS: number;
}

export interface State {
  /** Moves the platforms' clock for expiry and update times. */
  clockOffsetMs: number;
  /** Moves the clock that judges signed timestamps. */
  clockSkewMs: number;
  settings: Settings;
  apps: Record<PlatformName, App>;
  shops: Record<string, Shop>;
  /** Former addresses of renamed shops. */
  renamed: Record<string, string>;
  grants: Record<string, Grant>;
  codes: Record<string, Code>;
  mainGrants: Record<string, MainGrant>;
  subscriptions: Record<string, Subscription>;
  /** How many there have been: ids are never given twice. */
  subscriptionCount: number;
}

export function defaultSettings(): Settings {
  return {
    approval: 'ask',
    pushTo: '',
    shopifyAccessTtlS: 3_600,
    shopifyRefreshTtlS: 90 * 86_400,
    shopifyCodeTtlS: 60,
    shopeeAccessTtlS: 4 * 3_600,
    shopeeRefreshTtlS: 30 * 86_400,
    shopeeCodeTtlS: 600,
    shopeeGrantDays: 365,
    shopeeCallsPerS: 50,
  };
}

export function emptyState(): State {
  return {
    clockOffsetMs: 0,
    clockSkewMs: 0,
    settings: defaultSettings(),
    apps: defaultApps(),
    shops: {},
    renamed: {},
    grants: {},
    codes: {},
    mainGrants: {},
    subscriptions: {},
    subscriptionCount: 0,
  };
}

const SNAPSHOT = 'sandbox.json';

/** The state of an earlier start, or an empty one. Throws when the file is there but is not JSON. */
export function loadState(dataFolder: string | undefined): State {
  if (dataFolder === undefined) return emptyState();
  let text: string;
  try {
    text = readFileSync(join(dataFolder, SNAPSHOT), 'utf8');
  } catch {
    return emptyState();
  }
  const [empty, kept] = [emptyState(), JSON.parse(text)];
  const apps = Object.entries(empty.apps).map(([name, app]) => [name, { ...app, ...kept.apps?.[name] }]);
  const settings = { ...empty.settings, ...kept.settings };
  return { ...empty, ...kept, apps: Object.fromEntries(apps), settings };
}

/** Writes beside the snapshot and renames, so that a kill leaves the old or the new one whole. */
export function saveState(dataFolder: string, state: State): void {
  mkdirSync(dataFolder, { recursive: true });
  const path = join(dataFolder, SNAPSHOT);
  writeFileSync(`${path}.new`, JSON.stringify(state), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
