// Every platform Mooring knows, one line each. A new one is a folder beside these and a line here.
import type { Platform } from '../domain/platform.ts';
import { allegro } from './allegro/platform.ts';
import { amazon } from './amazon/platform.ts';
import { bigcommerce } from './bigcommerce/platform.ts';
import { bolcom } from './bolcom/platform.ts';
import { commercetools } from './commercetools/platform.ts';
import { coupang } from './coupang/platform.ts';
import { ebay } from './ebay/platform.ts';
import { ecwid } from './ecwid/platform.ts';
import { etsy } from './etsy/platform.ts';
import { faire } from './faire/platform.ts';
import { kaufland } from './kaufland/platform.ts';
import { lazada } from './lazada/platform.ts';
import { lightspeed } from './lightspeed/platform.ts';
import { magento } from './magento/platform.ts';
import { medusa } from './medusa/platform.ts';
import { mercadolibre } from './mercadolibre/platform.ts';
import { mirakl } from './mirakl/platform.ts';
import { otto } from './otto/platform.ts';
import { prestashop } from './prestashop/platform.ts';
import { saleor } from './saleor/platform.ts';
import { salesforce } from './salesforce/platform.ts';
import { shopee } from './shopee/platform.ts';
import { shopify } from './shopify/platform.ts';
import { shoptet } from './shoptet/platform.ts';
import { shopware6 } from './shopware6/platform.ts';
import { square } from './square/platform.ts';
import { squarespace } from './squarespace/platform.ts';
import { tiendanube } from './tiendanube/platform.ts';
import { tiktokshop } from './tiktokshop/platform.ts';
import { trendyol } from './trendyol/platform.ts';
import { vtex } from './vtex/platform.ts';
import { walmart } from './walmart/platform.ts';
import { wix } from './wix/platform.ts';
import { woocommerce } from './woocommerce/platform.ts';

export const PLATFORMS: ReadonlyMap<string, Platform> = new Map<string, Platform>(
  [
    shopify,
    woocommerce,
    shopee,
    medusa,
    magento,
    amazon,
    ebay,
    bigcommerce,
    etsy,
    walmart,
    squarespace,
    lazada,
    commercetools,
    wix,
    tiktokshop,
    vtex,
    prestashop,
    saleor,
    shopware6,
    mercadolibre,
    tiendanube,
    ecwid,
    allegro,
    coupang,
    square,
    bolcom,
    lightspeed,
    salesforce,
    kaufland,
    shoptet,
    otto,
    mirakl,
    trendyol,
    faire,
  ].map((platform) => [platform.id, platform]),
);

export function findPlatform(id: string): Platform | undefined {
  return PLATFORMS.get(id);
}
