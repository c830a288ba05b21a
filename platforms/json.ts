// Reads platform JSON by path and says exactly where it is not what is documented. Text of the answer goes into no message:
// it may be personal. Every function is pure.
import { type FieldError, MooringError } from '../domain/errors.ts';
import type { Json } from '../domain/platform.ts';

export type JsonObject = { readonly [key: string]: Json };

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** The value at a dotted path, `*` meaning each element of a list: all that are there. */
export function valuesAt(value: Json | undefined, path: string): Json[] {
  let found: Json[] = value === undefined ? [] : [value];
  if (path === '') return found;
  for (const step of path.split('.')) {
    found = found.flatMap((one) => stepInto(one, step));
  }
  return found;
}

function stepInto(value: Json, step: string): Json[] {
  if (isList(value)) {
    if (step === '*') return [...value];
    const element = /^\d+$/.test(step) ? value[Number(step)] : undefined;
    return element === undefined ? [] : [element];
  }
  if (!isObject(value) || !Object.hasOwn(value, step)) return [];
  const inner = value[step];
  return inner === undefined ? [] : [inner];
}

/** The first value at a dotted path; undefined where there is none. */
export function valueAt(value: Json | undefined, path: string): Json | undefined {
  return valuesAt(value, path)[0];
}

/** Text or a number as text; null for everything else. */
export function textOf(value: Json | undefined): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  return null;
}

/** The whole answer is not the documented form. `path` is a JSON Pointer. */
export function answerInvalid(path: string, rule: string): MooringError {
  return new MooringError('platform_answer_invalid', `"${path}" of the answer ${rule}`, {
    fields: [{ path, rule }],
  });
}

/** One record is not the documented form. `path` is a JSON Pointer. */
export function recordInvalid(path: string, rule: string): MooringError {
  const fields: FieldError[] = [{ path, rule }];
  return new MooringError('record_invalid', `"${path}" ${rule}`, { fields });
}

/** A list at a dotted path of an answer. Throws platform_answer_invalid when it is none. */
export function listAt(body: Json, path: string): readonly Json[] {
  const value = path === '' ? body : valueAt(body, path);
  if (!isList(value)) throw answerInvalid(pointer(path), 'is not a list');
  return value;
}

/** An object at a dotted path of an answer. Throws platform_answer_invalid when it is none. */
export function objectAt(body: Json, path: string): JsonObject {
  const value = path === '' ? body : valueAt(body, path);
  if (!isObject(value)) throw answerInvalid(pointer(path), 'is not an object');
  return value;
}

function pointer(path: string): string {
  return path === '' ? '/' : `/${path.replaceAll('.', '/')}`;
}
