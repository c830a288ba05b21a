// What mappers read a raw item with: every value is checked as it is taken, and a wrong one is named by its JSON Pointer.
// A missing optional value is null, never guessed; a value of the wrong type is an error, never coerced in silence.

import { decimalText } from '../domain/money.ts';
import type { Json } from '../domain/platform.ts';
import type { Money } from '../domain/resource.ts';
import { isList, isObject, type JsonObject, recordInvalid } from './json.ts';

export interface RecordReader {
  readonly path: string;
  readonly raw: JsonObject;
  has(name: string): boolean;
  /** Non-empty text or integer as text. */
  id(name: string): string;
  optionalId(name: string): string | null;
  text(name: string): string;
  /** Text; null where it is absent, null or empty. */
  optionalText(name: string): string | null;
  integer(name: string): number;
  optionalInteger(name: string): number | null;
  /** Decimal text or number → money in this currency. */
  money(name: string, currency: string): Money;
  optionalMoney(name: string, currency: string | null): Money | null;
  /** RFC 3339 with a zone → RFC 3339 UTC. `zone: 'utc'` reads a text without zone as UTC. */
  instant(name: string, zone?: 'utc'): string | null;
  /** Unix seconds → RFC 3339 UTC; 0 and absence are null. */
  epoch(name: string): string | null;
  object(name: string): RecordReader;
  optionalObject(name: string): RecordReader | null;
  list(name: string): readonly RecordReader[];
}

/** Opens an item. Throws record_invalid when it is not an object. */
export function readRecord(value: Json, path = ''): RecordReader {
  if (!isObject(value)) throw recordInvalid(path === '' ? '/' : path, 'is not an object');
  return reader(value, path);
}

function reader(raw: JsonObject, path: string): RecordReader {
  const at = (name: string) => `${path}/${name}`;
  const get = (name: string): Json | undefined => (Object.hasOwn(raw, name) ? raw[name] : undefined);
  const absent = (name: string) => get(name) === undefined || get(name) === null;
  const self: RecordReader = {
    path,
    raw,
    has: (name) => !absent(name),
    id: (name) => readId(get(name), at(name)),
    optionalId: (name) => (absent(name) || isEmptyId(get(name)) ? null : readId(get(name), at(name))),
    text: (name) => readText(get(name), at(name)),
    optionalText: (name) => (absent(name) || get(name) === '' ? null : readText(get(name), at(name))),
    integer: (name) => readInteger(get(name), at(name)),
    optionalInteger: (name) => (absent(name) ? null : readInteger(get(name), at(name))),
    money: (name, currency) => readMoney(get(name), currency, at(name)),
    optionalMoney: (name, currency) =>
      absent(name) || get(name) === '' || currency === null ? null : readMoney(get(name), currency, at(name)),
    instant: (name, zone) =>
      absent(name) || get(name) === '' ? null : readInstant(get(name), at(name), zone),
    epoch: (name) => (absent(name) || get(name) === 0 ? null : readEpoch(get(name), at(name))),
    object: (name) => readRecord(get(name) ?? null, at(name)),
    optionalObject: (name) => (absent(name) ? null : readRecord(get(name) ?? null, at(name))),
    list: (name) => readList(get(name), at(name)),
  };
  return self;
}

/** Several platforms write «none» as 0 or empty text. */
function isEmptyId(value: Json | undefined): boolean {
  return value === '' || value === 0;
}

function readId(value: Json | undefined, path: string): string {
  if (typeof value === 'string' && value !== '') return value;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  throw recordInvalid(path, 'is not an id');
}

function readText(value: Json | undefined, path: string): string {
  if (typeof value !== 'string') throw recordInvalid(path, 'is not text');
  return value;
}

function readInteger(value: Json | undefined, path: string): number {
  const number = typeof value === 'string' && /^-?\d+(\.0+)?$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) {
    throw recordInvalid(path, 'is not a whole number');
  }
  return number;
}

function readMoney(value: Json | undefined, currency: string, path: string): Money {
  const amount = typeof value === 'string' || typeof value === 'number' ? decimalText(value) : null;
  if (amount === null) throw recordInvalid(path, 'is not a decimal amount');
  return { amount, currency: readCurrency(currency, path) };
}

/** ISO 4217 in upper case. Throws record_invalid for anything else. */
export function readCurrency(value: Json | undefined, path: string): string {
  if (typeof value !== 'string' || !/^[A-Za-z]{3}$/.test(value)) {
    throw recordInvalid(path, 'is not an ISO 4217 code');
  }
  return value.toUpperCase();
}

const WITH_ZONE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:?\d{2})$/;
const WITHOUT_ZONE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?$/;

function readInstant(value: Json | undefined, path: string, zone?: 'utc'): string {
  const text = typeof value === 'string' && zone === 'utc' && WITHOUT_ZONE.test(value) ? `${value}Z` : value;
  if (typeof text !== 'string' || !WITH_ZONE.test(text))
    throw recordInvalid(path, 'is not an RFC 3339 instant');
  return isoOf(Date.parse(text), path);
}

function readEpoch(value: Json | undefined, path: string): string {
  const seconds = readInteger(value, path);
  return isoOf(seconds * 1000, path);
}

function isoOf(ms: number, path: string): string {
  // RFC 3339 knows years 0000 to 9999; beyond them toISOString writes another form.
  if (!Number.isFinite(ms) || ms < -62_167_219_200_000 || ms > 253_402_300_799_999) {
    throw recordInvalid(path, 'is not an instant');
  }
  return new Date(ms).toISOString();
}

function readList(value: Json | undefined, path: string): readonly RecordReader[] {
  if (value === undefined || value === null) return [];
  if (!isList(value)) throw recordInvalid(path, 'is not a list');
  return value.map((one, index) => readRecord(one, `${path}/${index}`));
}
