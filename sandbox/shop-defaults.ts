/** What a shop is called where nobody said otherwise, and what addresses it in control. Data alone. */
import type { PlatformName } from './state.ts';

export interface ShopDefaults {
  /** What stands for a shop in control: its host (with its folder), its number, or a word of the platform's. */
  readonly keyIs: 'host' | 'id' | 'word';
  readonly host: string;
  readonly id?: number;
  readonly word?: string;
  /** EUR unless said. */
  readonly currency?: string;
}

export const SHOP_DEFAULTS: Record<PlatformName, ShopDefaults> = {
  shopify: { keyIs: 'host', host: 'demo.myshopify.com' },
  woocommerce: { keyIs: 'host', host: 'demo.woo.example' },
  shopee: { keyIs: 'id', host: 'partner.shopeemobile.com', id: 220_001, currency: 'SGD' },
  magento: { keyIs: 'host', host: 'demo.magento.example' },
  amazon: { keyIs: 'word', host: 'sellingpartnerapi-eu.amazon.com', word: 'A1SANDBOXSELLER' },
  etsy: { keyIs: 'id', host: 'openapi.etsy.com', id: 31_000_001, currency: 'USD' },
  ebay: { keyIs: 'word', host: 'api.ebay.com', word: 'sandbox_seller', currency: 'USD' },
  square: { keyIs: 'word', host: 'connect.squareup.com', word: 'MLSANDBOX0001', currency: 'USD' },
  bigcommerce: { keyIs: 'word', host: 'api.bigcommerce.com', word: 'sandboxhash1', currency: 'USD' },
  commercetools: {
    keyIs: 'word',
    host: 'api.europe-west1.gcp.commercetools.com',
    word: 'mooring-sandbox',
  },
  shopware6: { keyIs: 'host', host: 'demo.shopware.example' },
  bolcom: { keyIs: 'id', host: 'api.bol.com', id: 1_700_001 },
  lazada: { keyIs: 'id', host: 'api.lazada.sg', id: 100_150_001, currency: 'SGD' },
  tiktokshop: { keyIs: 'word', host: 'open-api.tiktokglobalshop.com', word: '7494000000000000001' },
  coupang: { keyIs: 'word', host: 'api-gateway.coupang.com', word: 'A00012345', currency: 'KRW' },
  kaufland: { keyIs: 'word', host: 'sellerapi.kaufland.com', word: 'kaufland-seller-1' },
  walmart: { keyIs: 'word', host: 'marketplace.walmartapis.com', word: '10001234567', currency: 'USD' },
  prestashop: { keyIs: 'host', host: 'demo.prestashop.example' },
  ecwid: { keyIs: 'id', host: 'app.ecwid.com', id: 1_003_001, currency: 'USD' },
  squarespace: {
    keyIs: 'word',
    host: 'api.squarespace.com',
    word: 'sqspsandboxsite000000001',
    currency: 'USD',
  },
  vtex: { keyIs: 'host', host: 'demo.vtexcommercestable.com.br', currency: 'BRL' },
  mercadolibre: { keyIs: 'id', host: 'api.mercadolibre.com', id: 150_000_001, currency: 'ARS' },
  allegro: { keyIs: 'id', host: 'api.allegro.pl', id: 44_000_001, currency: 'PLN' },
  wix: {
    keyIs: 'word',
    host: 'www.wixapis.com',
    word: '3f1c2d4e-5a6b-4c7d-8e9f-0a1b2c3d4e5f',
    currency: 'USD',
  },
  sfcc: {
    keyIs: 'word',
    host: 'sandbox1.api.commercecloud.salesforce.com',
    word: 'zzmo_001',
    currency: 'USD',
  },
  tiendanube: { keyIs: 'id', host: 'api.tiendanube.com', id: 820_001, currency: 'ARS' },
  otto: { keyIs: 'word', host: 'api.otto.market', word: '1200345' },
  mirakl: { keyIs: 'host', host: 'demo.mirakl.net' },
  trendyol: { keyIs: 'id', host: 'apigw.trendyol.com', id: 2_738, currency: 'TRY' },
  faire: { keyIs: 'word', host: 'www.faire.com', word: 'b_sandbox001', currency: 'USD' },
  lightspeed: { keyIs: 'host', host: 'demo.retail.lightspeed.app', currency: 'USD' },
  shoptet: { keyIs: 'id', host: 'api.myshoptet.com', id: 222_651, currency: 'CZK' },
  saleor: { keyIs: 'host', host: 'demo.saleor.cloud', currency: 'USD' },
  medusa: { keyIs: 'host', host: 'demo.medusa.example' },
};
