// Reads a pass to its end as the activity does: between two pages the cursor is plain JSON, and it never stays where it was.
import { expect } from 'vitest';
import type {
  Json,
  PageCursor,
  PassContext,
  PlatformRequest,
  ResourceDefinition,
} from '../../domain/platform.ts';

export interface Answer {
  readonly body: Json;
  readonly headers: Readonly<Record<string, string>>;
}

export interface ReadPass {
  readonly items: readonly Json[];
  /** Of every item, in the order they came. */
  readonly ids: readonly (string | null)[];
  /** What the platform says is gone. */
  readonly deleted: readonly string[];
  readonly requests: number;
}

/** More than any of our tests' lists has pages. */
const MAX_REQUESTS = 20_000;

/** From the beginning, or from the cursor of one object. */
export function readPass(
  definition: ResourceDefinition,
  pass: PassContext,
  answer: (request: PlatformRequest) => Answer,
  from: PageCursor | null = null,
): ReadPass {
  const items: Json[] = [];
  const deleted: string[] = [];
  let cursor = from;
  for (let requests = 1; requests < MAX_REQUESTS; requests++) {
    const page = definition.read(pass, cursor, answer(definition.request(pass, cursor)));
    items.push(...page.items);
    deleted.push(...(page.deleted ?? []));
    if (page.next === null) return { items, ids: items.map(definition.idOf), deleted, requests };
    expect(page.next).not.toEqual(cursor);
    cursor = JSON.parse(JSON.stringify(page.next)) as Json;
  }
  throw new Error('the pass does not end');
}

/** The ids that a pass reads, of a platform that answers without headers. */
export function idsIn(pass: PassContext) {
  return (
    definition: ResourceDefinition,
    answer: (request: PlatformRequest) => Json,
    sinceMs = pass.sinceMs,
  ) => [
    ...readPass(definition, { ...pass, sinceMs }, (request) => ({ body: answer(request), headers: {} })).ids,
  ];
}
