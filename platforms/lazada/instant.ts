// Lazada's instants: RFC 3339 in its reference, "2026-01-31 23:59:59 +0800" in its answers, epoch milliseconds as text for products. Pure.
import { recordInvalid } from '../json.ts';
import type { RecordReader } from '../record-reader.ts';

const FORM = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2}) ?([+-]\d{2}):?(\d{2})$/;

/** Epoch milliseconds; null for anything else. */
export function instantMs(text: string): number | null {
  if (/^\d{12,14}$/.test(text)) return Number(text);
  const match = FORM.exec(text);
  if (match === null) return null;
  const [, day, time, hours, minutes] = match;
  const ms = Date.parse(`${day}T${time}${hours}:${minutes}`);
  return Number.isNaN(ms) ? null : ms;
}

/** RFC 3339 UTC; null where it is absent. Throws record_invalid. */
export function instantOf(record: RecordReader, name: string): string | null {
  const text = record.optionalId(name);
  if (text === null || text === 'null') return null;
  const ms = instantMs(text);
  if (ms === null) throw recordInvalid(`${record.path}/${name}`, 'is not an instant');
  return new Date(ms).toISOString();
}
