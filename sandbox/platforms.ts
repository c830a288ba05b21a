/** Every simulated platform by name. A platform that is not here does not compile. */

import { allegro } from './allegro/allegro.ts';
import { amazon } from './amazon/amazon.ts';
import { bigcommerce } from './bigcommerce/bigcommerce.ts';
import { bolcom } from './bolcom/bolcom.ts';
import { commercetools } from './commercetools/commercetools.ts';
import { coupang } from './coupang/coupang.ts';
import { ebay } from './ebay/ebay.ts';
import { ecwid } from './ecwid/ecwid.ts';
import { etsy } from './etsy/etsy.ts';
import { faire } from './faire/faire.ts';
import { kaufland } from './kaufland/kaufland.ts';
import { lazada } from './lazada/lazada.ts';
import { lightspeed } from './lightspeed/lightspeed.ts';
import { magento } from './magento/magento.ts';
import { medusa } from './medusa/medusa.ts';
import { mercadolibre } from './mercadolibre/mercadolibre.ts';
import { mirakl } from './mirakl/mirakl.ts';
import { otto } from './otto/otto.ts';
import { prestashop } from './prestashop/prestashop.ts';
import { saleor } from './saleor/saleor.ts';
import { sfcc } from './sfcc/sfcc.ts';
import { shopee } from './shopee/api.ts';
import { shopify } from './shopify/shop.ts';
import { shoptet } from './shoptet/shoptet.ts';
import { shopware6 } from './shopware6/shopware6.ts';
import type { SimulatedPlatform } from './simulated.ts';
import { square } from './square/square.ts';
import { squarespace } from './squarespace/squarespace.ts';
import type { PlatformName } from './state.ts';
import { tiendanube } from './tiendanube/tiendanube.ts';
import { tiktokshop } from './tiktokshop/tiktokshop.ts';
import { trendyol } from './trendyol/trendyol.ts';
import { vtex } from './vtex/vtex.ts';
import { walmart } from './walmart/walmart.ts';
import { wix } from './wix/wix.ts';
import { woocommerce } from './woocommerce/shop.ts';

export const SIMULATED: Record<PlatformName, SimulatedPlatform> = {
  shopify,
  woocommerce,
  shopee,
  magento,
  amazon,
  etsy,
  ebay,
  square,
  bigcommerce,
  commercetools,
  shopware6,
  bolcom,
  lazada,
  tiktokshop,
  coupang,
  kaufland,
  walmart,
  prestashop,
  ecwid,
  squarespace,
  vtex,
  mercadolibre,
  allegro,
  wix,
  sfcc,
  tiendanube,
  otto,
  mirakl,
  trendyol,
  faire,
  lightspeed,
  shoptet,
  saleor,
  medusa,
};
