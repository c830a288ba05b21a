// Everything the product leaves behind, as text, and a search through it for values in every form they may be written in. A search
// that finds nothing proves something only beside one that finds what was put there: see the tests' own check.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import type pg from 'pg';

/** A place, in words, and all the text found there. */
export interface Straw {
  readonly where: string;
  readonly text: string;
}

export interface Hit {
  readonly where: string;
  /** Enough to tell which value it was, and no more. */
  readonly value: string;
  readonly form: string;
}

export function findAll(straws: readonly Straw[], values: Iterable<string>): Hit[] {
  const lowered = straws.map(({ where, text }) => ({ where, text, lower: text.toLowerCase() }));
  const hits: Hit[] = [];
  for (const value of new Set(values)) {
    for (const [form, needle] of formsOf(value)) {
      for (const { where, text, lower } of lowered) {
        const isThere = form.startsWith('hex') ? lower.includes(needle) : text.includes(needle);
        if (isThere) hits.push({ where, value: `${value.slice(0, 12)}…`, form });
      }
    }
  }
  return hits;
}

export function formsOf(value: string): readonly (readonly [form: string, needle: string])[] {
  const forms: [string, string][] = [
    ['raw', value],
    ['JSON', JSON.stringify(value).slice(1, -1)],
    ['URL', encodeURIComponent(value)],
    ['form', new URLSearchParams({ v: value }).toString().slice(2)],
    ['hex', Buffer.from(value).toString('hex')],
  ];
  for (const shift of [0, 1, 2]) {
    const base64 = withinBase64(value, shift);
    forms.push([`base64 +${shift}`, base64]);
    forms.push([`base64url +${shift}`, base64.replaceAll('+', '-').replaceAll('/', '_')]);
  }
  return forms.filter(([, needle], at) => forms.findIndex((other) => other[1] === needle) === at);
}

/** What is certain to be in the base64 of any text that holds the value `shift` bytes (modulo 3) after its beginning. */
function withinBase64(value: string, shift: number): string {
  const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(value)]);
  const whole = bytes.subarray(0, bytes.length - (bytes.length % 3)).toString('base64');
  return whole.slice(shift === 0 ? 0 : 4);
}

/** Every row of every table; bytes as hex. */
export async function dumpDatabase(pool: pg.Pool): Promise<Straw[]> {
  const { rows: tables } = await pool.query<{ name: string }>(
    `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
     WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`,
  );
  const straws: Straw[] = [];
  for (const { name } of tables) {
    const { rows } = await pool.query<{ text: string }>(`SELECT to_jsonb(t)::text AS text FROM ${name} t`);
    straws.push({ where: `table ${name}`, text: rows.map(({ text }) => text).join('\n') });
  }
  return straws;
}

/** Every execution's history with its payloads decoded, and what a list, a description and Temporal's UI show of it; every schedule too. */
export async function dumpTemporal(client: Client): Promise<Straw[]> {
  const straws: Straw[] = [];
  for await (const { workflowId, runId, type } of client.workflow.list()) {
    const handle = client.workflow.getHandle(workflowId, runId);
    const [history, description] = await Promise.all([handle.fetchHistory(), handle.describe()]);
    // Nobody would answer for a type that no worker has.
    const isOurs = type === 'connection' || type === 'syncStore';
    const shown = isOurs ? await handle.query('__temporal_workflow_metadata').catch(() => null) : null;
    const texts = [history, description.raw, description.memo, shown].flatMap((one) => [...textsIn(one)]);
    straws.push({ where: `history ${type} ${workflowId}`, text: texts.join('\n') });
  }
  for await (const { scheduleId } of client.schedule.list()) {
    const description = await client.schedule.getHandle(scheduleId).describe();
    straws.push({ where: `schedule ${scheduleId}`, text: [...textsIn(description)].join('\n') });
  }
  return straws;
}

/** All strings and all bytes below a value, whatever its shape. */
function* textsIn(value: unknown, seen = new Set<unknown>()): Generator<string> {
  if (typeof value === 'string') yield value;
  if (typeof value !== 'object' || value === null || seen.has(value)) return;
  seen.add(value);
  if (value instanceof Uint8Array) {
    yield Buffer.from(value).toString('utf8');
    return;
  }
  for (const [name, one] of value instanceof Map ? value : Object.entries(value)) {
    yield String(name);
    yield* textsIn(one, seen);
  }
}

/** Logs by their file names, except those of simulated platforms. */
export async function readLogs(folder: string): Promise<Straw[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.log') && name !== 'sandbox.log');
  return Promise.all(
    names.map(async (name) => ({ where: `log ${name}`, text: await readFile(join(folder, name), 'utf8') })),
  );
}
