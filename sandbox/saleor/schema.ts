/** The part of Saleor's GraphQL that the sandbox serves. Answers may all be null, so that hostile records get through; what is asked is typed as Saleor types it. */
import { buildSchema } from 'graphql';
import { EVENTS, typeOfEvent } from './events.ts';

/** `Order` → `OrderCountableConnection`, `OrderCountableEdge`. */
function connection(type: string): string {
  return `type ${type}CountableConnection { pageInfo: PageInfo edges: [${type}CountableEdge] totalCount: Int }
type ${type}CountableEdge { node: ${type} cursor: String }`;
}

const TYPE_OF = { order: 'Order', product: 'Product', productVariant: 'ProductVariant', user: 'User' };
const EVENT_TYPES = Object.entries(EVENTS)
  .map(
    ([event, { field }]) =>
      `type ${typeOfEvent(event)} implements Event { issuedAt: DateTime version: String ${field}: ${TYPE_OF[field]} }`,
  )
  .join('\n');

const PAGE = 'before: String, after: String, first: Int, last: Int';

export const schema = buildSchema(`
scalar DateTime
scalar JSONString
scalar PositiveDecimal
scalar UUID
enum OrderDirection { ASC DESC }
enum OrderSortField { NUMBER RANK CREATION_DATE CREATED_AT LAST_MODIFIED_AT }
enum ProductOrderField { NAME RANK DATE PUBLISHED_AT LAST_MODIFIED_AT CREATED_AT }
enum ProductVariantSortField { LAST_MODIFIED_AT }
enum UserSortField { FIRST_NAME LAST_NAME EMAIL ORDER_COUNT CREATED_AT LAST_MODIFIED_AT }
input OrderSortingInput { direction: OrderDirection! field: OrderSortField! }
input ProductOrder { direction: OrderDirection! channel: String field: ProductOrderField }
input ProductVariantSortingInput { direction: OrderDirection! field: ProductVariantSortField! }
input UserSortingInput { direction: OrderDirection! field: UserSortField! }
input DateTimeRangeInput { gte: DateTime lte: DateTime }
input OrderFilterInput { updatedAt: DateTimeRangeInput ids: [ID!] numbers: [String!] search: String }
input OrderWhereInput { updatedAt: DateTimeRangeInput createdAt: DateTimeRangeInput ids: [ID!] }
input ProductFilterInput { updatedAt: DateTimeRangeInput ids: [ID!] search: String }
input ProductWhereInput { updatedAt: DateTimeRangeInput ids: [ID!] }
input ProductVariantFilterInput { updatedAt: DateTimeRangeInput sku: [String!] search: String }
input ProductVariantWhereInput { updatedAt: DateTimeRangeInput ids: [ID!] }
input CustomerFilterInput { updatedAt: DateTimeRangeInput ids: [ID!] search: String }
input CustomerWhereInput { updatedAt: DateTimeRangeInput ids: [ID!] }
input StockFilterInput { quantity: Float search: String }
type PageInfo { hasNextPage: Boolean hasPreviousPage: Boolean startCursor: String endCursor: String }
type Money { currency: String amount: Float fractionalAmount: Int fractionDigits: Int }
type TaxedMoney { currency: String gross: Money net: Money tax: Money }
type CountryDisplay { code: String country: String }
type Address { id: ID firstName: String lastName: String companyName: String streetAddress1: String streetAddress2: String city: String cityArea: String postalCode: String country: CountryDisplay countryArea: String phone: String }
type Channel { id: ID slug: String name: String currencyCode: String isActive: Boolean }
type Image { url: String alt: String }
type ProductMedia { id: ID url: String alt: String type: String sortOrder: Int }
type Category { id: ID name: String slug: String }
type ProductType { id: ID name: String slug: String hasVariants: Boolean }
type AttributeValue { id: ID name: String slug: String }
type Attribute { id: ID name: String slug: String }
type SelectedAttribute { attribute: Attribute values: [AttributeValue] }
type ProductVariantChannelListing { id: ID channel: Channel price: Money costPrice: Money margin: Int }
type ProductChannelListing { id: ID channel: Channel isPublished: Boolean publishedAt: DateTime visibleInListings: Boolean isAvailableForPurchase: Boolean }
type Warehouse { id: ID name: String slug: String }
type Stock { id: ID warehouse: Warehouse productVariant: ProductVariant quantity: Int quantityAllocated: Int quantityReserved: Int }
type Product { id: ID name: String slug: String description: JSONString seoTitle: String seoDescription: String productType: ProductType category: Category created: DateTime updatedAt: DateTime channel: String externalReference: String thumbnail(size: Int): Image media: [ProductMedia] channelListings: [ProductChannelListing] variants: [ProductVariant] defaultVariant: ProductVariant }
type ProductVariant { id: ID name: String sku: String product: Product trackInventory: Boolean created: DateTime updatedAt: DateTime externalReference: String channelListings: [ProductVariantChannelListing] attributes: [SelectedAttribute] stocks: [Stock] quantityAvailable: Int media: [ProductMedia] }
type User { id: ID email: String firstName: String lastName: String isActive: Boolean note: String dateJoined: DateTime updatedAt: DateTime externalReference: String addresses: [Address] defaultShippingAddress: Address defaultBillingAddress: Address }
type OrderLine { id: ID productName: String variantName: String productSku: String productVariantId: String quantity: Int quantityFulfilled: Int taxRate: Float isShippingRequired: Boolean unitPrice: TaxedMoney undiscountedUnitPrice: TaxedMoney unitDiscount: Money totalPrice: TaxedMoney undiscountedTotalPrice: TaxedMoney variant: ProductVariant }
type OrderDiscount { id: ID name: String amount: Money total: Money }
type Fulfillment { id: ID status: String created: DateTime trackingNumber: String }
type Order {
  id: ID number: String token: String created: DateTime updatedAt: DateTime status: String statusDisplay: String paymentStatus: String chargeStatus: String authorizeStatus: String isPaid: Boolean origin: String
  user: User userEmail: String billingAddress: Address shippingAddress: Address shippingMethodName: String channel: Channel lines: [OrderLine] discounts: [OrderDiscount] fulfillments: [Fulfillment]
  total: TaxedMoney undiscountedTotal: TaxedMoney subtotal: TaxedMoney shippingPrice: TaxedMoney totalCharged: Money totalRefunded: Money totalBalance: Money
  voucherCode: String customerNote: String externalReference: String languageCodeEnum: String
}
type Permission { code: String name: String }
type App { id: ID name: String isActive: Boolean type: String permissions: [Permission] webhooks: [Webhook] }
enum WebhookEventTypeAsyncEnum { ${Object.keys(EVENTS).join(' ')} }
enum WebhookErrorCode { GRAPHQL_ERROR INVALID NOT_FOUND REQUIRED UNIQUE DELETE_FAILED SYNTAX MISSING_SUBSCRIPTION UNABLE_TO_PARSE MISSING_EVENT }
type WebhookEventAsync { name: String eventType: WebhookEventTypeAsyncEnum }
type WebhookEventSync { name: String }
type Webhook { id: ID name: String targetUrl: String isActive: Boolean asyncEvents: [WebhookEventAsync] syncEvents: [WebhookEventSync] subscriptionQuery: String }
type WebhookError { field: String message: String code: WebhookErrorCode }
type WebhookCreate { webhook: Webhook errors: [WebhookError] }
type WebhookDelete { webhook: Webhook errors: [WebhookError] }
input WebhookCreateInput { name: String targetUrl: String asyncEvents: [WebhookEventTypeAsyncEnum!] isActive: Boolean secretKey: String query: String customHeaders: JSONString }
type Mutation {
  webhookCreate(input: WebhookCreateInput!): WebhookCreate
  webhookDelete(id: ID): WebhookDelete
}
interface Event { issuedAt: DateTime version: String }
${EVENT_TYPES}
type Subscription { event: Event }
type Domain { host: String sslEnabled: Boolean url: String }
type Shop { id: ID name: String description: String domain: Domain version: String schemaVersion: String channelCurrencies: [String] permissions: [Permission] }
${['Order', 'Product', 'ProductVariant', 'User', 'Stock', 'Warehouse'].map(connection).join('\n')}
type Query {
  orders(sortBy: OrderSortingInput, filter: OrderFilterInput, where: OrderWhereInput, channel: String, search: String, ${PAGE}): OrderCountableConnection
  products(filter: ProductFilterInput, where: ProductWhereInput, sortBy: ProductOrder, search: String, channel: String, ${PAGE}): ProductCountableConnection
  productVariants(ids: [ID!], channel: String, filter: ProductVariantFilterInput, where: ProductVariantWhereInput, search: String, sortBy: ProductVariantSortingInput, ${PAGE}): ProductVariantCountableConnection
  customers(filter: CustomerFilterInput, where: CustomerWhereInput, sortBy: UserSortingInput, search: String, ${PAGE}): UserCountableConnection
  stocks(filter: StockFilterInput, ${PAGE}): StockCountableConnection
  warehouses(${PAGE}): WarehouseCountableConnection
  channels: [Channel]
  order(id: ID): Order
  product(id: ID, channel: String): Product
  productVariant(id: ID, channel: String): ProductVariant
  user(id: ID): User
  app(id: ID): App
  shop: Shop
}
`);
