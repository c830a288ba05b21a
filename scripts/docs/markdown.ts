// Markdown and mermaid of values that may hold anything: nothing from a platform's data can break a table or a drawing.

export function cell(text: string): string {
  return text.replace(/\s+/g, ' ').replaceAll('|', '\\|').trim() || '–';
}

export function code(text: string): string {
  const clean = text.replace(/\s+/g, ' ').replaceAll('`', 'ˋ');
  return clean === '' ? '(empty)' : `\`${clean}\``;
}

export function codes(texts: readonly string[], empty = '–'): string {
  return texts.length === 0 ? empty : texts.map(code).join(', ');
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return [`| ${head.join(' | ')} |`, `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}

/** "" where there is nothing to say. */
export function section(title: string, ...parts: readonly (string | null)[]): string {
  const said = parts.filter((part): part is string => part !== null && part !== '');
  return said.length === 0 ? '' : [`## ${title}`, ...said].join('\n\n');
}

export function list(texts: readonly string[]): string {
  return texts.map((text) => `- ${text.replace(/\s+/g, ' ').trim()}`).join('\n');
}

export function page(...parts: readonly string[]): string {
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** Seconds as people say them. */
export function duration(seconds: number): string {
  for (const [unit, name] of [
    [86_400, 'day'],
    [3_600, 'hour'],
    [60, 'minute'],
  ] as const)
    if (seconds >= unit && seconds % unit === 0)
      return `${seconds / unit} ${name}${seconds === unit ? '' : 's'}`;
  return `${seconds} seconds`;
}

export interface Message {
  readonly from: string;
  readonly to: string;
  readonly text: string;
  /** An answer is drawn with a broken line. */
  readonly isAnswer?: true;
}
export interface Note {
  readonly over: string;
  readonly text: string;
}
export type Step = Message | Note;

/** A sequence diagram. `who`: name in the steps → what the reader sees. */
export function sequence(who: Readonly<Record<string, string>>, steps: readonly Step[]): string {
  const lines = [
    ...Object.entries(who).map(([name, label]) => `participant ${name} as ${drawn(label)}`),
    ...steps.map((step) =>
      'over' in step
        ? `Note over ${step.over}: ${drawn(step.text)}`
        : `${step.from}${step.isAnswer === true ? '-->>' : '->>'}${step.to}: ${drawn(step.text)}`,
    ),
  ];
  return ['```mermaid', 'sequenceDiagram', ...lines.map((line) => `  ${line}`), '```'].join('\n');
}

/** A semicolon would finish the line, a hash begin an entity. */
function drawn(text: string): string {
  return (
    text.replace(/\s+/g, ' ').replaceAll(';', ',').replaceAll('#', '').replaceAll('%%', '% %').trim() || '–'
  );
}
