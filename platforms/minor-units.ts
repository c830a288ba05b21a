// Amounts told in the smallest unit of a currency → decimal text. By moving the point, never by dividing. Pure.
import type { Money } from '../domain/resource.ts';
import { recordInvalid } from './json.ts';
import type { RecordReader } from './record-reader.ts';

/** The most digits behind the point that anybody tells. */
const MAX_DIGITS = 20;

/** `name` counts units of which `digits` stand behind the point: 1050 with 2 is 10.50. Throws record_invalid. */
export function minorMoney(record: RecordReader, name: string, digits: number, currency: string): Money {
  if (!Number.isInteger(digits) || digits < 0 || digits > MAX_DIGITS)
    throw recordInvalid(record.path === '' ? '/' : record.path, 'has an amount of unknown precision');
  const units = record.integer(name);
  const text = String(Math.abs(units)).padStart(digits + 1, '0');
  const amount = digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
  return { amount: units < 0 ? `-${amount}` : amount, currency };
}
