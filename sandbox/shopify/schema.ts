/** The part of Shopify's GraphQL Admin API that the sandbox serves. All fields may be null: hostile records must get through. */
import { buildSchema } from 'graphql';
import { enumOf, TOPICS } from './push.ts';

/** `Order` → `OrderConnection`, `OrderEdge`. */
function connection(type: string): string {
  return `type ${type}Connection { nodes: [${type}] edges: [${type}Edge] pageInfo: PageInfo }
type ${type}Edge { cursor: String node: ${type} }`;
}

const PAGE = 'first: Int, after: String, reverse: Boolean, query: String';

export const schema = buildSchema(`
scalar DateTime
scalar Decimal
scalar URL
scalar UnsignedInt64
enum OrderSortKeys { ID CREATED_AT UPDATED_AT PROCESSED_AT }
enum ProductSortKeys { ID CREATED_AT UPDATED_AT TITLE }
enum CustomerSortKeys { ID CREATED_AT UPDATED_AT }
type PageInfo { hasNextPage: Boolean hasPreviousPage: Boolean startCursor: String endCursor: String }
type MoneyV2 { amount: Decimal currencyCode: String }
type MoneyBag { shopMoney: MoneyV2 presentmentMoney: MoneyV2 }
type MailingAddress { firstName: String lastName: String name: String company: String address1: String address2: String city: String zip: String province: String provinceCode: String country: String countryCode: String countryCodeV2: String phone: String }
type Count { count: Int precision: String }
interface Node { id: ID }
type Order implements Node {
  id: ID legacyResourceId: UnsignedInt64 name: String number: Int email: String phone: String note: String tags: [String] test: Boolean
  createdAt: DateTime updatedAt: DateTime processedAt: DateTime cancelledAt: DateTime closedAt: DateTime cancelReason: String
  displayFinancialStatus: String displayFulfillmentStatus: String currencyCode: String presentmentCurrencyCode: String
  totalPriceSet: MoneyBag currentTotalPriceSet: MoneyBag subtotalPriceSet: MoneyBag currentSubtotalPriceSet: MoneyBag totalTaxSet: MoneyBag currentTotalTaxSet: MoneyBag
  totalShippingPriceSet: MoneyBag totalDiscountsSet: MoneyBag totalRefundedSet: MoneyBag taxesIncluded: Boolean confirmed: Boolean fullyPaid: Boolean
  customer: Customer shippingAddress: MailingAddress billingAddress: MailingAddress lineItems(${PAGE}): LineItemConnection
}
type LineItem implements Node {
  id: ID sku: String title: String name: String variantTitle: String vendor: String quantity: Int currentQuantity: Int taxable: Boolean requiresShipping: Boolean
  originalUnitPriceSet: MoneyBag discountedUnitPriceSet: MoneyBag originalTotalSet: MoneyBag discountedTotalSet: MoneyBag totalDiscountSet: MoneyBag product: Product variant: ProductVariant
}
type Product implements Node {
  id: ID legacyResourceId: UnsignedInt64 title: String handle: String description: String descriptionHtml: String vendor: String productType: String status: String tags: [String]
  createdAt: DateTime updatedAt: DateTime publishedAt: DateTime totalInventory: Int variantsCount: Count onlineStoreUrl: URL
  options: [ProductOption] variants(${PAGE}): ProductVariantConnection
}
type ProductOption { id: ID name: String position: Int values: [String] }
type ProductVariant implements Node {
  id: ID legacyResourceId: UnsignedInt64 sku: String barcode: String title: String displayName: String position: Int price: Decimal compareAtPrice: Decimal taxable: Boolean
  inventoryQuantity: Int createdAt: DateTime updatedAt: DateTime inventoryItem: InventoryItem product: Product selectedOptions: [SelectedOption]
}
type SelectedOption { name: String value: String }
type Customer implements Node {
  id: ID legacyResourceId: UnsignedInt64 firstName: String lastName: String displayName: String email: String phone: String note: String tags: [String] state: String locale: String verifiedEmail: Boolean
  createdAt: DateTime updatedAt: DateTime numberOfOrders: UnsignedInt64 amountSpent: MoneyV2 defaultAddress: MailingAddress addresses(first: Int): [MailingAddress]
  defaultEmailAddress: CustomerEmailAddress defaultPhoneNumber: CustomerPhoneNumber
}
type CustomerEmailAddress { emailAddress: String marketingState: String }
type CustomerPhoneNumber { phoneNumber: String marketingState: String }
type InventoryItem implements Node {
  id: ID legacyResourceId: UnsignedInt64 sku: String tracked: Boolean requiresShipping: Boolean createdAt: DateTime updatedAt: DateTime unitCost: MoneyV2 variant: ProductVariant
  inventoryLevels(${PAGE}): InventoryLevelConnection
}
type InventoryLevel implements Node { id: ID createdAt: DateTime updatedAt: DateTime location: Location item: InventoryItem quantities(names: [String!]!): [InventoryQuantity] }
type InventoryQuantity { id: ID name: String quantity: Int updatedAt: DateTime }
type Location implements Node { id: ID legacyResourceId: UnsignedInt64 name: String isActive: Boolean inventoryLevels(${PAGE}): InventoryLevelConnection }
type Domain { host: String url: URL }
type ShopPlan { displayName: String publicDisplayName: String partnerDevelopment: Boolean shopifyPlus: Boolean }
type Shop implements Node { id: ID name: String email: String contactEmail: String myshopifyDomain: String url: URL currencyCode: String ianaTimezone: String timezoneOffset: String primaryDomain: Domain plan: ShopPlan createdAt: DateTime }
type AccessScope { handle: String description: String }
type App implements Node { id: ID title: String handle: String apiKey: String }
type AppInstallation implements Node { id: ID accessScopes: [AccessScope] app: App }
type UserError { field: [String] message: String }
enum WebhookSubscriptionTopic { ${Object.keys(TOPICS).map(enumOf).join(' ')} }
enum WebhookSubscriptionFormat { JSON XML }
input WebhookSubscriptionInput { uri: String callbackUrl: URL format: WebhookSubscriptionFormat includeFields: [String!] filter: String }
type WebhookHttpEndpoint { callbackUrl: URL }
union WebhookSubscriptionEndpoint = WebhookHttpEndpoint
type ApiVersion { handle: String displayName: String supported: Boolean }
type WebhookSubscription implements Node {
  id: ID legacyResourceId: UnsignedInt64 topic: WebhookSubscriptionTopic uri: String callbackUrl: URL endpoint: WebhookSubscriptionEndpoint format: WebhookSubscriptionFormat
  includeFields: [String] filter: String apiVersion: ApiVersion createdAt: DateTime updatedAt: DateTime
}
type WebhookSubscriptionPayload { webhookSubscription: WebhookSubscription userErrors: [UserError] }
type WebhookSubscriptionDeletePayload { deletedWebhookSubscriptionId: ID userErrors: [UserError] }
type AppUninstallPayload { app: App userErrors: [UserError] }
${['Order', 'LineItem', 'Product', 'ProductVariant', 'Customer', 'InventoryItem', 'InventoryLevel', 'Location', 'WebhookSubscription'].map(connection).join('\n')}
type Query {
  orders(${PAGE}, sortKey: OrderSortKeys): OrderConnection
  products(${PAGE}, sortKey: ProductSortKeys): ProductConnection
  customers(${PAGE}, sortKey: CustomerSortKeys): CustomerConnection
  inventoryItems(${PAGE}): InventoryItemConnection
  locations(${PAGE}): LocationConnection
  order(id: ID!): Order
  product(id: ID!): Product
  customer(id: ID!): Customer
  inventoryItem(id: ID!): InventoryItem
  ordersCount(query: String): Count
  productsCount(query: String): Count
  node(id: ID!): Node
  nodes(ids: [ID!]!): [Node]
  shop: Shop
  currentAppInstallation: AppInstallation
  webhookSubscription(id: ID!): WebhookSubscription
  webhookSubscriptions(first: Int, after: String, topics: [WebhookSubscriptionTopic!], uri: String): WebhookSubscriptionConnection
}
type Mutation {
  appUninstall: AppUninstallPayload
  webhookSubscriptionCreate(topic: WebhookSubscriptionTopic!, webhookSubscription: WebhookSubscriptionInput!): WebhookSubscriptionPayload
  webhookSubscriptionUpdate(id: ID!, webhookSubscription: WebhookSubscriptionInput!): WebhookSubscriptionPayload
  webhookSubscriptionDelete(id: ID!): WebhookSubscriptionDeletePayload
}
`);
