// The typed client of Mooring's API: openapi-fetch over the types of the OpenAPI document (npm run openapi). It adds the key, and turns a
// Problem into an error; nothing more.
import createClient, { type Client } from 'openapi-fetch';
import type { components, paths } from './openapi.d.ts';

export type { components, paths } from './openapi.d.ts';
export type Problem = components['schemas']['Problem'];
export type Connection = components['schemas']['Connection'];
export type Diagnosis = components['schemas']['Diagnosis'];
export type SyncRun = components['schemas']['SyncRun'];
export type RevocationPlan = components['schemas']['RevocationPlan'];

export type MooringClient = Client<paths>;

export interface MooringClientOptions {
  /** "https://mooring.example", without /v1. */
  readonly baseUrl: string;
  /** mk_live_… */
  readonly apiKey: string;
  readonly fetch?: typeof globalThis.fetch;
}

/** What the API refused, with the Problem it sent. */
export class MooringApiError extends Error {
  override readonly name = 'MooringApiError';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

export function createMooringClient(options: MooringClientOptions): MooringClient {
  return createClient<paths>({
    baseUrl: options.baseUrl.replace(/\/+$/, ''),
    headers: { authorization: `Bearer ${options.apiKey}` },
    ...(options.fetch === undefined ? {} : { fetch: options.fetch }),
  });
}

/** The data of an answer. Throws MooringApiError for a Problem. */
export async function dataOf<T>(
  answer: Promise<{ data?: T; error?: Problem; response: Response }>,
): Promise<T> {
  const { data, error, response } = await answer;
  if (error !== undefined) throw new MooringApiError(asProblem(error, response));
  if (data === undefined) throw new MooringApiError(asProblem(null, response));
  return data;
}

/** What is not a Problem (a gateway's page, an empty body) becomes one that says so. */
function asProblem(error: Problem | null, response: Response): Problem {
  if (error !== null && typeof error === 'object' && 'code' in error) return error;
  return {
    type: 'about:blank',
    title: 'The API did not answer as documented',
    status: response.status,
    detail: `HTTP ${response.status} without a Problem; is this Mooring's address?`,
    code: 'internal',
    actor: 'operator',
    instance: response.headers.get('x-request-id') ?? '',
  };
}

/** Every item of a list, page after page. */
export async function* eachItem<T>(
  readPage: (cursor: string | undefined) => Promise<{ data: T[]; nextCursor: string | null }>,
): AsyncGenerator<T> {
  let cursor: string | undefined;
  do {
    const page = await readPage(cursor);
    yield* page.data;
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
}
