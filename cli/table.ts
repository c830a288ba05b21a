// Plain tables for the terminal.
import Table from 'cli-table3';

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it takes out
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;

/** Text from outside, made harmless for a terminal: a shop's name may hold escape sequences. */
export function plain(text: string | null | undefined): string {
  return (text ?? '–').replaceAll(CONTROL, '·');
}

export function table(head: readonly string[], rows: readonly (readonly string[])[], empty: string): string {
  if (rows.length === 0) return empty;
  const made = new Table({ head: [...head], style: { head: [], border: [] } });
  made.push(...rows.map((row) => row.map(plain)));
  return made.toString();
}

export function minute(instant: string | null | undefined): string {
  return instant === null || instant === undefined ? '–' : instant.slice(0, 16).replace('T', ' ');
}
