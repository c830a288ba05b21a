/** Every simulated platform by name. A platform that is not here does not compile. */

import { magento } from './magento/magento.ts';
import { shopee } from './shopee/api.ts';
import { shopify } from './shopify/shop.ts';
import type { SimulatedPlatform } from './simulated.ts';
import type { PlatformName } from './state.ts';
import { woocommerce } from './woocommerce/shop.ts';

export const SIMULATED: Record<PlatformName, SimulatedPlatform> = {
  shopify,
  woocommerce,
  shopee,
  magento,
};
