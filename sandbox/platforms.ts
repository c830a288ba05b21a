/** Every simulated platform by name. A platform that is not here does not compile. */

import { amazon } from './amazon/amazon.ts';
import { ebay } from './ebay/ebay.ts';
import { etsy } from './etsy/etsy.ts';
import { magento } from './magento/magento.ts';
import { shopee } from './shopee/api.ts';
import { shopify } from './shopify/shop.ts';
import type { SimulatedPlatform } from './simulated.ts';
import { square } from './square/square.ts';
import type { PlatformName } from './state.ts';
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
};
