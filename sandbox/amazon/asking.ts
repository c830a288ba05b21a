/** What Amazon's operations share: the form of a refusal, lists in the query, the place a token stands for. */
import { type Answer, json } from '../exchange.ts';
import { placeOf } from '../listing.ts';

export function amazonError(status: number, code: string, message: string, details = ''): Answer {
  return json(status, { errors: [{ code, message, details }] });
}

/** A list given as `a,b` or by repeating its name. */
export function listOf(query: URLSearchParams, name: string): string[] {
  return query
    .getAll(name)
    .flatMap((one) => one.split(','))
    .filter((one) => one !== '');
}

/** Marketplaces asked for; null when the list is missing where needed, or too long. */
export function marketplaces(query: URLSearchParams, name: string, needed: boolean): string[] | null {
  const ids = listOf(query, name);
  return (needed && ids.length === 0) || ids.length > 50 ? null : ids;
}

export function placeIn(query: URLSearchParams, name: string, asked: string): number | null {
  const token = query.get(name);
  return token === null || token === '' ? 0 : placeOf(token, asked);
}
