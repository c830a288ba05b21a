/** Serves Saleor's GraphQL: what is not well asked is 400, a missing permission an error on its field with 200, a query that costs too much neither. */
import {
  type DocumentNode,
  execute,
  type FieldNode,
  GraphQLError,
  Kind,
  parse,
  type SelectionSetNode,
  validate,
} from 'graphql';
import { type Answer, isRecord, json, jsonText } from '../exchange.ts';
import { spoiltJson } from '../listing.ts';
import { rootOf, type SaleorCall } from './root.ts';
import { schema } from './schema.ts';

const MAX_COST = 50_000;

export function answerGraphql(call: SaleorCall): Answer {
  if (call.exchange.method !== 'POST') return json(405, { errors: [{ message: 'Method not allowed' }] });
  const request = readRequest(call.exchange.bodyText);
  if (request === null) return failed('Must provide query string.', 'GraphQLError');
  const document = parsed(request.query);
  if (document instanceof GraphQLError) return failed(document.message, 'GraphQLSyntaxError');
  const [invalid] = validate(schema, document);
  if (invalid !== undefined) return failed(invalid.message, 'GraphQLError');
  const cost = costOf(document, request.variables);
  if (cost > MAX_COST)
    return failed(
      `The query exceeds the maximum cost of ${MAX_COST}. Actual cost: ${cost}`,
      'QueryCostError',
    );
  const root = rootOf(call);
  const result = execute({
    schema,
    document,
    rootValue: root.value,
    variableValues: request.variables,
  });
  if (result instanceof Promise) throw new Error('the sandbox resolves at once');
  const errors = result.errors?.map((error) => ({
    message: error.message,
    path: error.path,
    extensions: { exception: { code: error.extensions['code'] ?? 'GraphQLError' } },
  }));
  const extensions = { cost: { requestedQueryCost: cost, maximumAvailable: MAX_COST } };
  const data = root.spoilt(result.data ?? null);
  return jsonText(
    200,
    spoiltJson(errors === undefined ? { data, extensions } : { errors, data, extensions }),
  );
}

function failed(message: string, code: string): Answer {
  return json(400, { errors: [{ message, extensions: { exception: { code } } }] });
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
  try {
    return parse(query);
  } catch (error) {
    return error instanceof GraphQLError ? error : new GraphQLError(String(error));
  }
}

/** Our simple model: a page costs its size times one and what hangs below each of its nodes that is a page or a list of records; the real weights are by field. */
function costOf(document: DocumentNode, variables: Record<string, unknown>): number {
  const fragments = new Map(
    document.definitions.flatMap((one) =>
      one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one.selectionSet] as const] : [],
    ),
  );
  const below = (set: SelectionSetNode | undefined): number =>
    (set?.selections ?? []).reduce((sum, one) => {
      if (one.kind === Kind.INLINE_FRAGMENT) return sum + below(one.selectionSet);
      if (one.kind === Kind.FRAGMENT_SPREAD) return sum + below(fragments.get(one.name.value));
      return sum + field(one);
    }, 0);
  const field = (node: FieldNode): number => {
    const size = sizeOf(node, variables);
    const inner = below(node.selectionSet);
    if (size !== null) return size * (1 + inner);
    return inner + (['lines', 'variants', 'stocks', 'user'].includes(node.name.value) ? 1 : 0);
  };
  return document.definitions.reduce(
    (sum, one) => sum + (one.kind === Kind.OPERATION_DEFINITION ? below(one.selectionSet) : 0),
    0,
  );
}

/** What `first` or `last` asks for; null: the field is no page. */
function sizeOf(node: FieldNode, variables: Record<string, unknown>): number | null {
  const argument = node.arguments?.find(({ name }) => name.value === 'first' || name.value === 'last');
  if (argument === undefined) return null;
  const { value } = argument;
  const given =
    value.kind === Kind.VARIABLE ? variables[value.name.value] : 'value' in value ? value.value : 0;
  return Number(given) || 0;
}
