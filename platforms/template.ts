// Fills `{name}` in the texts a platform's data is made of. It must never leave a name unfilled: half an address is another one.
import { MooringError } from '../domain/errors.ts';

/** Parameters of callbacks have hyphens. */
const NAME = /\{([A-Za-z_][A-Za-z0-9_-]*)\}/g;

/** Gives a name's value, or undefined where there is none. */
export type Lookup = (name: string) => string | undefined;

/** Replaces every `{name}` by its value, as it is. Throws internal when a name has no value. */
export function fillTemplate(template: string, values: Readonly<Record<string, string>>): string {
  return fillWith(template, (name) => (Object.hasOwn(values, name) ? values[name] : undefined));
}

/** As fillTemplate, for values that are made only where a text names them. */
export function fillWith(template: string, lookup: Lookup): string {
  return template.replace(NAME, (_, name: string) => {
    const value = lookup(name);
    if (value === undefined) throw new MooringError('internal', `"{${name}}" has no value here`);
    return value;
  });
}

/** The names a template asks for. */
export function namesIn(template: string): string[] {
  return [...template.matchAll(NAME)].map((match) => match[1] ?? '');
}

/** As fillTemplate, over each value of a record. */
export function fillAll(
  templates: Readonly<Record<string, string>>,
  values: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(templates).map(([name, text]) => [name, fillTemplate(text, values)]),
  );
}
