// A text told in several languages. Pure.
import type { PassContext } from '../domain/platform.ts';
import type { RecordReader } from './record-reader.ts';

/** In the shop's main language, which the proof told, else in the first there is. */
export function inLanguage(texts: RecordReader | null, { facts }: PassContext): string | null {
  if (texts === null) return null;
  const wanted = facts['language'] ?? '';
  const own = texts.has(wanted) ? texts.optionalText(wanted) : null;
  const [first] = Object.keys(texts.raw);
  return own ?? (first === undefined ? null : texts.optionalText(first));
}
