/** Serves Shopify's GraphQL: cost first, then the bucket, then the query. Answers are 200 even for refused queries. */
import {
  type DocumentNode,
  defaultFieldResolver,
  execute,
  GraphQLError,
  type GraphQLFieldResolver,
  getNamedType,
  Kind,
  parse,
  validate,
} from 'graphql';
import { type Answer, isRecord, json, jsonText } from '../exchange.ts';
import { take } from '../grants.ts';
import { spoil, spoilText } from '../hostile.ts';
import type { HostileKind, Shop } from '../state.ts';
import type { ShopifyCall } from './call.ts';
import { requireScope } from './call.ts';
import { costOf, MAX_QUERY_COST } from './cost.ts';
import { rootOf } from './root.ts';
import { schema } from './schema.ts';

const RESTORE_PER_S: Record<Shop['plan'], number> = {
  standard: 100,
  advanced: 200,
  plus: 1_000,
  enterprise: 2_000,
};
/** The bucket holds twenty seconds' worth. */
const BUCKET_S = 20;

/** What reading such an object needs, wherever it hangs. */
const TYPE_SCOPE: Record<string, string> = {
  Order: 'read_orders',
  Customer: 'read_customers',
  Product: 'read_products',
  ProductVariant: 'read_products',
  InventoryItem: 'read_inventory',
  InventoryLevel: 'read_inventory',
};

const documents = new Map<string, DocumentNode>();

export function answerGraphql(call: ShopifyCall): Answer {
  if (call.exchange.method !== 'POST') return json(405, { errors: 'Method Not Allowed' });
  const request = readRequest(call.exchange.bodyText);
  if (request === null) return json(400, { errors: { query: 'Required parameter missing or invalid' } });
  const document = parsed(request.query);
  if (document instanceof GraphQLError) return json(200, { errors: [document.toJSON()] });
  const invalid = validate(schema, document);
  if (invalid.length > 0) return json(200, { errors: invalid.map((error) => error.toJSON()) });
  call.exchange.operation = operationOf(document);
  const cost = costOf(document, request.variables);
  if (cost.refusal !== null) return refusal(cost.refusal, 'BAD_REQUEST', cost.points);
  if (cost.points > MAX_QUERY_COST) {
    const text = `Query cost is ${cost.points}, which exceeds the single query max cost limit (${MAX_QUERY_COST}).`;
    return refusal(text, 'MAX_COST_EXCEEDED', cost.points);
  }
  const perS = RESTORE_PER_S[call.shop.plan];
  const limit = { size: perS * BUCKET_S, perS };
  const bucket = `shopify ${call.shop.key}`;
  const taken = take(call.sandbox, bucket, limit, cost.points);
  const status = (left: number) => ({
    maximumAvailable: limit.size,
    currentlyAvailable: Math.floor(left),
    restoreRate: perS,
  });
  if (!taken.allowed) {
    const told = {
      requestedQueryCost: cost.points,
      actualQueryCost: null,
      throttleStatus: status(taken.left),
    };
    return json(200, {
      errors: [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }],
      extensions: { cost: told },
    });
  }
  return run(call, document, request.variables, (answeredObjects) => {
    const actual = Math.min(cost.points, answeredObjects);
    const { left } = take(call.sandbox, bucket, limit, actual - cost.points);
    return { requestedQueryCost: cost.points, actualQueryCost: actual, throttleStatus: status(left) };
  });
}

function refusal(message: string, code: string, points: number): Answer {
  const error = { message, extensions: { code, cost: points, maxCost: MAX_QUERY_COST } };
  return json(200, {
    errors: [error],
    extensions: { cost: { requestedQueryCost: points, actualQueryCost: null } },
  });
}

function readRequest(text: string): { query: string; variables: Record<string, unknown> } | null {
  try {
    const body: unknown = JSON.parse(text);
    if (!isRecord(body) || typeof body['query'] !== 'string') return null;
    return { query: body['query'], variables: isRecord(body['variables']) ? body['variables'] : {} };
  } catch {
    return null;
  }
}

function parsed(query: string): DocumentNode | GraphQLError {
  const known = documents.get(query);
  if (known !== undefined) return known;
  try {
    const document = parse(query);
    if (documents.size > 200) documents.clear();
    documents.set(query, document);
    return document;
  } catch (error) {
    return error instanceof GraphQLError ? error : new GraphQLError(String(error));
  }
}

function operationOf(document: DocumentNode): string {
  const operation = document.definitions.find((one) => one.kind === Kind.OPERATION_DEFINITION);
  const first = operation?.selectionSet.selections[0];
  return operation?.name?.value ?? (first?.kind === Kind.FIELD ? first.name.value : 'query');
}

function run(
  call: ShopifyCall,
  document: DocumentNode,
  variables: Record<string, unknown>,
  settle: (answeredObjects: number) => object,
): Answer {
  const root = rootOf(call);
  const fieldResolver: GraphQLFieldResolver<unknown, unknown> = (source, args, context, info) => {
    const scope = TYPE_SCOPE[getNamedType(info.returnType).name];
    if (scope !== undefined) requireScope(root.scopes, info.fieldName, scope);
    return defaultFieldResolver(source, args, context, info);
  };
  const result = execute({
    schema,
    document,
    rootValue: root.value,
    variableValues: variables,
    fieldResolver,
  });
  if (result instanceof Promise) throw new Error('the sandbox resolves at once');
  const data = { ...result.data };
  for (const [field, kinds] of root.hostile) data[field] = spoilNodes(data[field], kinds);
  const extensions = {
    cost: settle(countObjects(result.data)),
    ...(root.ignored.length === 0
      ? {}
      : {
          search: [
            {
              warnings: root.ignored.map((field) => ({
                field,
                message: 'Invalid search field for this query.',
              })),
            },
          ],
        }),
  };
  const errors = result.errors?.map((error) => error.toJSON());
  const text = JSON.stringify(errors === undefined ? { data, extensions } : { errors, data, extensions });
  return jsonText(200, root.hostile.size > 0 ? spoilText(text) : text);
}

/** The page's hostile records, by their place in it. */
function spoilNodes(connection: unknown, kinds: readonly (HostileKind | undefined)[]): unknown {
  if (!isRecord(connection)) return connection;
  const spoilt = (node: unknown, at: number) => (isRecord(node) ? spoil(node, kinds[at]) : node);
  const { nodes, edges } = connection;
  return {
    ...connection,
    ...(Array.isArray(nodes) ? { nodes: nodes.map(spoilt) } : {}),
    ...(Array.isArray(edges)
      ? {
          edges: edges.map((edge, at) =>
            isRecord(edge) ? { ...edge, node: spoilt(edge['node'], at) } : edge,
          ),
        }
      : {}),
  };
}

/** Objects with an id that were answered, and two for each connection: what the query cost in the end. */
function countObjects(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, one) => sum + countObjects(one), 0);
  if (!isRecord(value)) return 0;
  const own = 'nodes' in value || 'edges' in value ? 2 : 'id' in value ? 1 : 0;
  let sum = own;
  for (const key in value) sum += countObjects(value[key]);
  return sum;
}
