// Amazon's marketplaces: where a seller approves an app, and which region's endpoint serves them. Ids and regions: developer-docs.amazon.com; addresses of Seller Central: secondary.
import type { ShopField } from '../../domain/platform.ts';

const EUROPE = 'sellercentral-europe.amazon.com';

/** Marketplace id, country, region of the endpoint, host of Seller Central. */
const MARKETPLACES = [
  ['ATVPDKIKX0DER', 'United States', 'na', 'sellercentral.amazon.com'],
  ['A2EUQ1WTGCTBG2', 'Canada', 'na', 'sellercentral.amazon.ca'],
  ['A1AM78C64UM0Y8', 'Mexico', 'na', 'sellercentral.amazon.com.mx'],
  ['A2Q3Y263D00KWC', 'Brazil', 'na', 'sellercentral.amazon.com.br'],
  ['A1F83G8C2ARO7P', 'United Kingdom', 'eu', EUROPE],
  ['A1PA6795UKMFR9', 'Germany', 'eu', EUROPE],
  ['A13V1IB3VIYZZH', 'France', 'eu', EUROPE],
  ['APJ6JRA9NG5V4', 'Italy', 'eu', EUROPE],
  ['A1RKKUPIHCS9HS', 'Spain', 'eu', EUROPE],
  ['A1805IZSGTT6HS', 'Netherlands', 'eu', 'sellercentral.amazon.nl'],
  ['AMEN7PMS3EDWL', 'Belgium', 'eu', 'sellercentral.amazon.com.be'],
  ['A28R8C7NBKEWEA', 'Ireland', 'eu', 'sellercentral.amazon.ie'],
  ['A2NODRKZP88ZB9', 'Sweden', 'eu', 'sellercentral.amazon.se'],
  ['A1C3SOZRARQ6R3', 'Poland', 'eu', 'sellercentral.amazon.pl'],
  ['A33AVAJ2PDY3EV', 'Turkey', 'eu', 'sellercentral.amazon.com.tr'],
  ['A2VIGQ35RCS4UG', 'United Arab Emirates', 'eu', 'sellercentral.amazon.ae'],
  ['A17E79C6D8DWNP', 'Saudi Arabia', 'eu', 'sellercentral.amazon.sa'],
  ['ARBP9OOSHTCHU', 'Egypt', 'eu', 'sellercentral.amazon.eg'],
  ['AE08WJ6YKNBMC', 'South Africa', 'eu', 'sellercentral.amazon.co.za'],
  ['A21TJRUUN4KGV', 'India', 'eu', 'sellercentral.amazon.in'],
  ['A19VAU5U5O7RUS', 'Singapore', 'fe', 'sellercentral.amazon.sg'],
  ['A39IBJ37TRP1C6', 'Australia', 'fe', 'sellercentral.amazon.com.au'],
  ['A1VC38T7YXB528', 'Japan', 'fe', 'sellercentral.amazon.co.jp'],
] as const;

export const CHOICES: NonNullable<ShopField['choices']> = MARKETPLACES.map(
  ([value, label, region, sellerCentral]) => ({ value, label, gives: { region, sellerCentral } }),
);

/** Hosts of Seller Central, and no others: where an install that began there goes on. */
export const SELLER_CENTRAL = `^(?:${[...new Set(MARKETPLACES.map(([, , , host]) => host))]
  .map((host) => host.replaceAll('.', '\\.'))
  .join('|')})$`;
