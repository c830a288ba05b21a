// Reads a platform's JSON without losing digits: a number that a double cannot hold stays its exact text, all others are
// numbers. It must never let text choose a prototype, nor nest deeper than what recursive readers survive.
import { isSafeNumber, parse as parseLossless } from 'lossless-json';
import { MooringError } from '../domain/errors.ts';
import type { Json } from '../domain/platform.ts';

const MAX_DEPTH = 100;

/** A shorter number without an exponent survives JSON.parse as it is: a double keeps 15 digits. */
const RISKY_NUMBER_LENGTH = 16;

/** "__proto__" in plain, or any escape that could spell it. */
const PROTOTYPE_KEY = /__proto__|\\u00(?:5[fF]|[67][0-9a-fA-F])/;

/** Throws platform_answer_invalid when `text` is not JSON or nests deeper than 100. */
export function parseJson(text: string): Json {
  const { isTooDeep, hasRiskyNumber } = scan(text);
  if (isTooDeep) throw new MooringError('platform_answer_invalid', `the JSON nests deeper than ${MAX_DEPTH}`);
  try {
    const parsed = hasRiskyNumber ? parseLossless(text, undefined, exactNumber) : JSON.parse(text);
    return PROTOTYPE_KEY.test(text) ? withoutPrototypeKeys(parsed as Json) : (parsed as Json); // JSON has no other values
  } catch (error) {
    // The parser's message quotes the text, which may be secret, so it is neither kept nor linked.
    if (error instanceof SyntaxError)
      throw new MooringError('platform_answer_invalid', 'the body is not valid JSON');
    throw error;
  }
}

function exactNumber(digits: string): Json {
  return isSafeNumber(digits) ? Number(digits) : digits;
}

/** One pass before parsing, at half the cost of JSON.parse; what is no JSON is left for the parser to refuse. */
function scan(text: string): { readonly isTooDeep: boolean; readonly hasRiskyNumber: boolean } {
  let depth = 0;
  let hasRiskyNumber = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) at = endOfString(text, at);
    else if (code >= 0x30 && code <= 0x39) {
      const end = endOfNumber(text, at);
      if (end - at >= RISKY_NUMBER_LENGTH || isExponent(text.charCodeAt(end))) hasRiskyNumber = true;
      at = end - 1;
    } else if (code === 0x5b || code === 0x7b) {
      depth++;
      if (depth > MAX_DEPTH) return { isTooDeep: true, hasRiskyNumber };
    } else if (code === 0x5d || code === 0x7d) depth--;
  }
  return { isTooDeep: false, hasRiskyNumber };
}

/** Index after the digits and points that begin at `start`. */
function endOfNumber(text: string, start: number): number {
  let at = start + 1;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if ((code < 0x30 || code > 0x39) && code !== 0x2e) return at;
  }
  return at;
}

function isExponent(code: number): boolean {
  return code === 0x65 || code === 0x45;
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
