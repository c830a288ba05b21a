/** Shopee's two envelopes. Success is an empty `error`, whatever the HTTP status. */
import { type Answer, jsonText } from '../exchange.ts';
import { randomHex } from '../grants.ts';
import { spoilText } from '../hostile.ts';

/** Token endpoints: the fields at the top. */
export function flat(fields: Record<string, unknown>): Answer {
  return jsonText(200, JSON.stringify({ ...fields, request_id: randomHex(16), error: '', message: '' }));
}

/** All others: the fields under `response`. */
export function wrapped(response: unknown): Answer {
  const text = JSON.stringify({ error: '', message: '', request_id: randomHex(16), response });
  return jsonText(200, spoilText(text));
}

export function refuse(status: number, error: string, message: string): Answer {
  return jsonText(status, JSON.stringify({ error, message, request_id: randomHex(16) }));
}
