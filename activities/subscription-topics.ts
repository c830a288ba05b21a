// Which topics a connection is to be told of, and which of them are one subscription. Pure.
import { MooringError } from '../domain/errors.ts';
import type { Notifications, Platform, Subscribe } from '../domain/platform.ts';
import { RESOURCES } from '../domain/resource.ts';

interface Wanting {
  readonly data: Notifications;
  readonly subscribe: Subscribe;
  readonly platform: Platform;
  readonly connection: { readonly permissions: readonly string[] };
}

/** Topics of what the connection may read, and of its end. Duties to erase come to the app's own address. */
export function wantedTopics({ data, subscribe, platform, connection }: Wanting): readonly string[] {
  return Object.entries(data.topics).flatMap(([topic, means]) => {
    if (subscribe.except?.includes(topic) === true) return [];
    const resource = RESOURCES.find((one) => one === means);
    if (resource === undefined) return means === 'uninstalled' ? [topic] : [];
    const requires = platform.resources[resource]?.requires;
    return requires !== undefined && connection.permissions.includes(requires) ? [topic] : [];
  });
}

/** What is to be one subscription. */
export function groupsOf(look: Wanting): readonly (readonly string[])[] {
  const wanted = wantedTopics(look);
  if (look.subscribe.together !== true) return wanted.map((topic) => [topic]);
  return wanted.length === 0 ? [] : [wanted];
}

const OF_TOPIC = new Set([
  'platform_rejected',
  'platform_answer_invalid',
  'scope_missing',
  'platform_not_found',
]);

/** Whether the platform refused this one alone: what one is refused for another need not be. */
export function isOfOneTopic(error: unknown): error is MooringError {
  return error instanceof MooringError && OF_TOPIC.has(error.code);
}
