// What mappers read a raw item with: every value is checked as it is taken, and a wrong one is named by its JSON Pointer.
// A missing optional value is null, never guessed; a value of the wrong type is an error, never coerced in silence.

import type { MooringError } from '../domain/errors.ts';
import { decimalText } from '../domain/money.ts';
import type { Json } from '../domain/platform.ts';
import type { Customer, Money } from '../domain/resource.ts';
import { isList, isObject, type JsonObject, recordInvalid } from './json.ts';

export type InstantForm = 'utc' | 'rfc2822';

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
  /** ISO 4217, in upper case. */
  currency(name: string): string;
  /** Decimal text or number → money in this currency. */
  money(name: string, currency: string): Money;
  optionalMoney(name: string, currency: string | null): Money | null;
  /**
   * RFC 3339 with a zone → RFC 3339 UTC. utc: a text without zone is UTC, "2026-01-31 23:59:59" included. rfc2822: "Sat, 31 Jan 2026 23:59:59 +0000".
   */
  instant(name: string, form?: InstantForm): string | null;
  /** Unix seconds → RFC 3339 UTC; 0 and absence are null. */
  epoch(name: string): string | null;
  /** The same of milliseconds. */
  epochMs(name: string): string | null;
  object(name: string): RecordReader;
  optionalObject(name: string): RecordReader | null;
  list(name: string): readonly RecordReader[];
  /** A list of texts, empty ones left out; absent is empty. */
  texts(name: string): readonly string[];
}

/** Opens an item. Throws record_invalid when it is not an object. */
export function readRecord(value: Json, path = ''): RecordReader {
  return open(value, { parent: null, key: path, index: null });
}

/** How a platform writes an instant: RFC 3339, unless it says another form or reads its own. */
type Instants = InstantForm | 'epoch' | 'epochMs' | ((record: RecordReader, name: string) => string | null);

/** What every record has, by the names a platform gives it. An instant without a name is not told. */
export function baseBy(names: {
  readonly id: string;
  readonly createdAt?: string;
  readonly updatedAt?: string;
  readonly as?: Instants;
}): (record: RecordReader) => Pick<Customer, 'platformId' | 'platformCreatedAt' | 'platformUpdatedAt'> {
  const { id, createdAt, updatedAt, as } = names;
  const instant = (record: RecordReader, name: string | undefined) => {
    if (name === undefined) return null;
    if (typeof as === 'function') return as(record, name);
    return as === 'epoch' || as === 'epochMs' ? record[as](name) : record.instant(name, as);
  };
  return (record) => ({
    platformId: record.id(id),
    platformCreatedAt: instant(record, createdAt),
    platformUpdatedAt: instant(record, updatedAt),
  });
}

/** Where an item was found: a member of its parent, or one of the members of a list there. */
interface Place {
  readonly parent: ItemReader | null;
  readonly key: string;
  readonly index: number | null;
}

function open(value: Json, place: Place): ItemReader {
  if (!isObject(value)) throw recordInvalid(pathOf(place) || '/', 'is not an object');
  return new ItemReader(value, place);
}

function pathOf({ parent, key, index }: Place): string {
  const path = parent === null ? key : `${parent.path}/${key}`;
  return index === null ? path : `${path}/${index}`;
}

/**
 * A class, because a page has thousands of these: closures for each, and paths that nobody asks for, were most of a mapper's time.
 * The path is made when something is wrong.
 */
class ItemReader implements RecordReader {
  readonly raw: JsonObject;
  readonly #place: Place;

  constructor(raw: JsonObject, place: Place) {
    this.raw = raw;
    this.#place = place;
  }

  get path(): string {
    return pathOf(this.#place);
  }

  /** Undefined where it is absent or null. */
  #get(name: string): Json | undefined {
    return Object.hasOwn(this.raw, name) ? (this.raw[name] ?? undefined) : undefined;
  }

  #wrong(name: string, rule: string): MooringError {
    return recordInvalid(`${this.path}/${name}`, rule);
  }

  has(name: string): boolean {
    return this.#get(name) !== undefined;
  }

  id(name: string): string {
    return idText(this.#get(name)) ?? fail(this.#wrong(name, 'is not an id'));
  }

  optionalId(name: string): string | null {
    const value = this.#get(name);
    return value === undefined || isEmptyId(value) ? null : this.id(name);
  }

  text(name: string): string {
    const value = this.#get(name);
    return typeof value === 'string' ? value : fail(this.#wrong(name, 'is not text'));
  }

  optionalText(name: string): string | null {
    const value = this.#get(name);
    return value === undefined || value === '' ? null : this.text(name);
  }

  integer(name: string): number {
    return wholeNumber(this.#get(name)) ?? fail(this.#wrong(name, 'is not a whole number'));
  }

  optionalInteger(name: string): number | null {
    return this.has(name) ? this.integer(name) : null;
  }

  currency(name: string): string {
    return currencyCode(this.#get(name)) ?? fail(this.#wrong(name, NOT_A_CURRENCY));
  }

  money(name: string, currency: string): Money {
    const value = this.#get(name);
    const amount = typeof value === 'string' || typeof value === 'number' ? decimalText(value) : null;
    if (amount === null) throw this.#wrong(name, 'is not a decimal amount');
    const code = currencyCode(currency) ?? fail(this.#wrong(name, NOT_A_CURRENCY));
    return { amount, currency: code };
  }

  optionalMoney(name: string, currency: string | null): Money | null {
    const value = this.#get(name);
    return value === undefined || value === '' || currency === null ? null : this.money(name, currency);
  }

  instant(name: string, form?: InstantForm): string | null {
    const value = this.#get(name);
    if (value === undefined || value === '') return null;
    const isBare = typeof value === 'string' && form === 'utc' && WITHOUT_ZONE.test(value);
    const text = isBare ? `${value.replace(' ', 'T')}Z` : value;
    const pattern = form === 'rfc2822' ? RFC_2822 : WITH_ZONE;
    if (typeof text !== 'string' || !pattern.test(text))
      throw this.#wrong(name, `is not an RFC ${form === 'rfc2822' ? '2822' : '3339'} instant`);
    return isoOf(Date.parse(text)) ?? fail(this.#wrong(name, 'is not an instant'));
  }

  epoch(name: string): string | null {
    const value = this.#get(name);
    if (value === undefined || value === 0) return null;
    return isoOf(this.integer(name) * 1000) ?? fail(this.#wrong(name, 'is not an instant'));
  }

  epochMs(name: string): string | null {
    const value = this.#get(name);
    if (value === undefined || value === 0) return null;
    return isoOf(this.integer(name)) ?? fail(this.#wrong(name, 'is not an instant'));
  }

  object(name: string): RecordReader {
    return open(this.#get(name) ?? null, { parent: this, key: name, index: null });
  }

  optionalObject(name: string): RecordReader | null {
    return this.has(name) ? this.object(name) : null;
  }

  list(name: string): readonly RecordReader[] {
    const value = this.#get(name);
    if (value === undefined) return [];
    if (!isList(value)) throw this.#wrong(name, 'is not a list');
    return value.map((one, index) => open(one, { parent: this, key: name, index }));
  }

  texts(name: string): readonly string[] {
    const value = this.#get(name);
    if (value === undefined) return [];
    if (!isList(value)) throw this.#wrong(name, 'is not a list');
    return value.flatMap((one) => {
      if (typeof one !== 'string') throw this.#wrong(name, 'holds something else than text');
      return one === '' ? [] : [one];
    });
  }
}

function fail(error: MooringError): never {
  throw error;
}

/** Several platforms write «none» as 0 or empty text. */
function isEmptyId(value: Json): boolean {
  return value === '' || value === 0;
}

function idText(value: Json | undefined): string | null {
  if (typeof value === 'string' && value !== '') return value;
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : null;
}

function wholeNumber(value: Json | undefined): number | null {
  const number = typeof value === 'string' && /^-?\d+(\.0+)?$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : null;
}

const NOT_A_CURRENCY = 'is not an ISO 4217 code';

/** ISO 4217 in upper case. Throws record_invalid for anything else. */
export function readCurrency(value: Json | undefined, path: string): string {
  return currencyCode(value) ?? fail(recordInvalid(path, NOT_A_CURRENCY));
}

function currencyCode(value: Json | undefined): string | null {
  if (typeof value !== 'string') return null;
  if (/^[A-Z]{3}$/.test(value)) return value;
  return /^[A-Za-z]{3}$/.test(value) ? value.toUpperCase() : null;
}

const WITH_ZONE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:?\d{2})$/;
const RFC_2822 = /^(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} (?:[+-]\d{4}|GMT|UTC)$/;
const WITHOUT_ZONE = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d+)?$/;

function isoOf(ms: number): string | null {
  // RFC 3339 knows years 0000 to 9999; beyond them toISOString writes another form.
  const isWritable = Number.isFinite(ms) && ms >= -62_167_219_200_000 && ms <= 253_402_300_799_999;
  return isWritable ? new Date(ms).toISOString() : null;
}
