/** Saleor's webhooks: an app makes, sees and removes its own, with no permission for it. The events are those that are named, or those of the subscription query, which must be valid. */
import { GraphQLError, Kind, type OperationDefinitionNode, parse, validate, visit } from 'graphql';
import type { Grant, Subscription } from '../state.ts';
import { isPushable, subscribe, subscriptionBy, subscriptionsOf, unsubscribe } from '../subscriptions.ts';
import { eventOfType } from './events.ts';
import type { SaleorCall } from './root.ts';
import { schema } from './schema.ts';

interface Input {
  name?: string | null;
  targetUrl?: string | null;
  isActive?: boolean | null;
  asyncEvents?: string[] | null;
  query?: string | null;
}

interface Wrong {
  field: string;
  message: string;
  code: string;
}

const globalId = (one: Subscription) => Buffer.from(`Webhook:${one.id}`).toString('base64');

const wrongs = (field: string, code: string, message: string) => ({
  webhook: null,
  errors: [{ field, code, message }],
});

/** Of the app's own; another app's are not there. */
export function webhooksOf({ sandbox, shop }: SaleorCall, grant: Grant) {
  return subscriptionsOf(sandbox, 'saleor', shop.key)
    .filter((one) => one.grantId === grant.id)
    .map(rendered);
}

export function webhookMutations(call: SaleorCall, denied: (permission: string) => never) {
  const ours = (): Grant => call.grant ?? denied('MANAGE_APPS, AUTHENTICATED_APP');
  return {
    webhookCreate: ({ input }: { input: Input }) => create(call, ours(), input),
    webhookDelete: ({ id }: { id?: string | null }) => {
      const grant = ours();
      const [kind, number = ''] = Buffer.from(id ?? '', 'base64')
        .toString('utf8')
        .split(':');
      const one = kind === 'Webhook' ? subscriptionBy(call.sandbox, 'saleor', call.shop.key, number) : null;
      if (one === null || one.grantId !== grant.id)
        return wrongs('id', 'NOT_FOUND', `Couldn't resolve to a node: ${id}`);
      unsubscribe(call.sandbox, one);
      return { webhook: rendered(one), errors: [] };
    },
  };
}

function create({ sandbox, shop }: SaleorCall, grant: Grant, input: Input) {
  const { name, targetUrl, isActive, query } = input;
  const url = targetUrl ?? '';
  if (!isPushable(url)) return wrongs('targetUrl', 'INVALID', 'Enter a valid URL.');
  const wrong = query ? wrongOf(query) : null;
  if (wrong !== null) return { webhook: null, errors: [wrong] };
  const topics = input.asyncEvents?.length ? input.asyncEvents : query ? eventsIn(query) : [];
  if (topics.length === 0) return wrongs('asyncEvents', 'MISSING_EVENT', 'There is no event.');
  const facts = { name: name ?? '', query: query ?? '' };
  const wish = { platform: 'saleor', shopKey: shop.key, grantId: grant.id, url, topics, facts } as const;
  const one = subscribe(sandbox, wish);
  if (isActive === false) one.state = 'disabled';
  return { webhook: rendered(one), errors: [] };
}

/** A subscription, and one that the schema knows. */
function wrongOf(query: string): Wrong | null {
  try {
    const document = parse(query);
    const isSubscription = document.definitions.some(
      (one): one is OperationDefinitionNode =>
        one.kind === Kind.OPERATION_DEFINITION && one.operation === 'subscription',
    );
    if (!isSubscription)
      return { field: 'query', code: 'MISSING_SUBSCRIPTION', message: 'There is no subscription.' };
    const [invalid] = validate(schema, document);
    return invalid === undefined ? null : { field: 'query', code: 'GRAPHQL_ERROR', message: invalid.message };
  } catch (error) {
    const message = error instanceof GraphQLError ? error.message : String(error);
    return { field: 'query', code: 'SYNTAX', message };
  }
}

function eventsIn(query: string): string[] {
  const found = new Set<string>();
  visit(parse(query), {
    InlineFragment: ({ typeCondition }) => {
      const event = eventOfType(typeCondition?.name.value ?? '');
      if (event !== null) found.add(event);
    },
  });
  return [...found];
}

function rendered(one: Subscription) {
  return {
    id: globalId(one),
    name: one.facts['name'],
    targetUrl: one.url,
    isActive: one.state === 'active',
    asyncEvents: one.topics.map((eventType) => ({ name: eventType.toLowerCase(), eventType })),
    syncEvents: [],
    subscriptionQuery: one.facts['query'] || null,
  };
}
