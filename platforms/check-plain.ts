// Whether a definition is made of plain values: what computes itself when it is read, or comes from a prototype, could be one thing to the check and another to a call. Runs none of it.
import { isInherited, joined, type Report } from './check-shape.ts';

/** Reports every getter and setter, what inherits, and what refuses to be read. */
export function checkPlain(definition: unknown, report: Report): void {
  const seen = new WeakSet<object>();
  const walk = (value: unknown, at: string): void => {
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    const isList = Array.isArray(value);
    if (!isOfItself(value, isList))
      report(at, 'wrong_type', 'inherits from another object, and must be a plain value');
    for (const [name, member] of Object.entries(Object.getOwnPropertyDescriptors(value))) {
      const place = isList ? `${at}[${name}]` : joined(at, name);
      if (isInherited(name) && !isList) report(place, 'bad_name', 'is no name here');
      else if ('value' in member) walk(member.value, place);
      else report(place, 'wrong_type', 'is computed when it is read, and must be a plain value');
    }
  };
  try {
    walk(definition, '');
  } catch {
    report('', 'wrong_type', 'throws when it is read, and must be a plain object');
  }
}

/** Modules are loaded into this realm, so that there is one Object.prototype. */
function isOfItself(value: object, isList: boolean): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return isList ? prototype === Array.prototype : prototype === Object.prototype || prototype === null;
}
