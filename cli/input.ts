// What a local command is given: files, JSON, instants. A refusal names the file or the option, the field and the rule; it never quotes what is in a file.
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import type { z } from 'zod';
import { MooringError } from '../domain/errors.ts';

/** Something the command was given cannot be used: exit code 2. */
export class InputError extends Error {
  /** One line a broken rule. */
  readonly rules: readonly string[];

  constructor(subject: string, rules: readonly string[]) {
    super([subject, ...rules.map((rule) => `  ${rule}`)].join('\n'));
    this.rules = rules;
  }
}

/** The bytes of a file, or of standard input for "-". */
export async function readBytes(option: string, path: string): Promise<Buffer> {
  try {
    return path === '-' ? await buffer(process.stdin) : await readFile(path);
  } catch {
    throw new InputError(`${option} "${path}" is no readable file`, []);
  }
}

/** Without the mark that some editors put before a text. */
export async function readText(option: string, path: string): Promise<string> {
  return (await readBytes(option, path)).toString('utf8').replace(/^\uFEFF/, '');
}

/** Reads JSON and holds it to a form. Throws InputError with a line a field. */
export async function readJson<T>(option: string, path: string, form: z.ZodType<T>): Promise<T> {
  const text = await readText(option, path);
  return held(`${option} ${path === '-' ? '(standard input)' : `"${path}"`}`, jsonOf(option, text), form);
}

export function jsonOf(option: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InputError(`${option} is not JSON`, []);
  }
}

/** The value in its form. Throws InputError: `/field` and the rule it breaks. */
export function held<T>(subject: string, value: unknown, form: z.ZodType<T>): T {
  const parsed = form.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new InputError(
    `${subject} does not have its form:`,
    parsed.error.issues.map((issue) => `/${issue.path.map(String).join('/')}: ${issue.message}`),
  );
}

/** A whole number. Number() takes no text for 0. */
export function readWhole(option: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InputError(`${option} "${text}" is no whole number such as 300`, []);
  return Number(text);
}

/** A number from 0 to 1. */
export function readRate(option: string, text: string): number {
  if (!/^(0(\.\d+)?|1(\.0+)?)$/.test(text))
    throw new InputError(`${option} "${text}" is no number from 0 to 1 such as 0.05`, []);
  return Number(text);
}

/** `--at`: RFC 3339, or seconds or milliseconds since 1970. Absent: now. */
export function readAt(text: string | undefined): number {
  if (text === undefined) return Date.now();
  const isInstant =
    /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/.test(text) &&
    isDay(text.slice(0, 10));
  const atMs = /^\d{9,10}$/.test(text)
    ? Number(text) * 1_000
    : /^\d{12,13}$/.test(text)
      ? Number(text)
      : isInstant
        ? Date.parse(text)
        : Number.NaN;
  if (Number.isNaN(atMs))
    throw new InputError(`--at "${text}" is no instant: RFC 3339, or seconds since 1970`, []);
  return atMs;
}

/** Date.parse takes the 30th of February for the 2nd of March. */
function isDay(text: string): boolean {
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

/** `--nonce`. Absent: undefined, and one is made. */
export function readNonce(text: string | undefined): string | undefined {
  if (text !== undefined && !/^[A-Za-z0-9._~-]{1,128}$/.test(text))
    throw new InputError('--nonce must be 1 to 128 letters, digits and . _ ~ -', []);
  return text;
}

/** What was given by the caller's own hand and refused by a rule of ours is bad input. */
export async function asInput<T>(subject: string, use: () => T | Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    if (!(error instanceof MooringError)) throw error;
    const fields = error.fields.map(({ path, rule }) => `${path}: ${rule}`);
    throw new InputError(`${subject}: ${error.code}`, fields.length > 0 ? fields : [error.message]);
  }
}
