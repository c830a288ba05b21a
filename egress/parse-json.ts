// Reads a platform's JSON without losing digits: a number that a double cannot hold stays its exact text, all others are
// numbers. It must never let text choose a prototype, nor nest deeper than what recursive readers survive.
import { isSafeNumber, parse as parseLossless } from 'lossless-json';
import { MooringError } from '../domain/errors.ts';
import type { Json } from '../domain/platform.ts';

const MAX_DEPTH = 100;

/** A number that may not survive JSON.parse: 16 or more digits, or an exponent. Also hits some strings, which costs only time. */
const RISKY_NUMBER = /[:[,]\s*-?(?:\d[\d.]{15}|[\d.]+[eE])|^\s*-?\d/;

/** "__proto__" in plain, or any escape that could spell it. */
const PROTOTYPE_KEY = /__proto__|\\u00(?:5[fF]|[67][0-9a-fA-F])/;

/** Throws platform_answer_invalid when `text` is not JSON or nests deeper than 100. */
export function parseJson(text: string): Json {
  if (isTooDeep(text))
    throw new MooringError('platform_answer_invalid', `the JSON nests deeper than ${MAX_DEPTH}`);
  try {
    const parsed: Json = RISKY_NUMBER.test(text)
      ? (parseLossless(text, undefined, (digits) => (isSafeNumber(digits) ? Number(digits) : digits)) as Json) // JSON has no other values
      : (JSON.parse(text) as Json); // likewise
    return PROTOTYPE_KEY.test(text) ? withoutPrototypeKeys(parsed) : parsed;
  } catch (error) {
    // The parser's message quotes the text, which may be secret, so it is neither kept nor linked.
    if (error instanceof SyntaxError)
      throw new MooringError('platform_answer_invalid', 'the body is not valid JSON');
    throw error;
  }
}

function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) at = endOfString(text, at);
    else if (code === 0x5b || code === 0x7b) {
      depth++;
      if (depth > MAX_DEPTH) return true;
    } else if (code === 0x5d || code === 0x7d) depth--;
  }
  return false;
}

/** Index of the quote that ends the string begun at `start`; the text's length when none does. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return at;
    if (code === 0x5c) at++;
  }
  return text.length;
}

function withoutPrototypeKeys(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutPrototypeKeys);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => key !== '__proto__');
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutPrototypeKeys(inner)]));
}
