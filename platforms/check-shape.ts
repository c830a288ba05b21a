// Whether a value has a form: small shapes that are put together, each reporting what it finds by field and rule. Pure; it calls no function it is given.

/** The rules a definition of a platform is held to. Stable: they are printed, documented and tested. */
export const CHECK_RULES = {
  no_platform: 'the module exports an object `platform`',
  module_fails: 'the module loads',
  missing: 'a field that every definition has is there',
  wrong_type: 'a field has the kind of value that the type says',
  empty: 'a text that must say something is not empty',
  unshown: 'a text that people read holds no control character and none that turns text around',
  unknown_field: 'a field is one of the type',
  unknown_value: 'a value is one of its closed list',
  unknown_scheme: 'a scheme is one that Mooring signs by',
  unknown_permission: 'a permission is `<resource>:read` or `<resource>:write`',
  unknown_resource: 'a resource is one that Mooring syncs',
  out_of_range: 'a number is within its bounds',
  bad_id: 'an id is lower-case letters, digits, - and _, beginning with a letter',
  duplicate_id: 'an id is defined once, over our platforms and yours',
  duplicate: 'a name is used once in its list',
  not_https: 'an address begins with https://, or with a shop field that is an https address',
  hostile_address:
    'an address is whole: a name for its host, nothing before it, no brace left in it, no query that it should not have',
  hostile_template: 'a value that becomes part of an address cannot change which host or path it is',
  secret_in_address: 'no secret is part of an address',
  unknown_name: 'a text names only values that are there',
  bad_name: 'a name is none that every JavaScript object has of itself',
  bad_pattern: 'a pattern compiles',
  unanchored_pattern: 'a pattern is anchored at both ends, in each of its alternatives',
  pattern_slow: 'a pattern is quick for every text, also for one that almost matches',
  example_mismatch: 'an example matches its own pattern',
  bad_date: 'a date is YYYY-MM-DD',
  no_state: 'an approval carries our single-use state',
  no_pkce: 'PKCE sends its challenge with the approval and its verifier with the exchange',
  no_granting_step: 'exactly one callback step brings the grant',
  no_token_answer: 'a method that exchanges says where its answer holds the token',
  permission_not_offered: 'a resource is behind a permission that the definition offers',
  write_covers_read: 'the scopes of writing cover those of reading',
  no_condition: 'an answer is told by its status or by its body',
  page_size: 'a default page is at most the largest one',
  key_confusion: 'a secret verifies HS… alone, and a public key everything else',
} as const;

export type CheckRule = keyof typeof CHECK_RULES;

export interface Finding {
  /** Dotted, with indexes: auth[0].sign[1].scheme. "" is the definition itself. */
  readonly field: string;
  readonly rule: CheckRule;
  /** What is wrong with this one. */
  readonly because: string;
}

export type Report = (field: string, rule: CheckRule, because: string) => void;
export type Shape = (value: unknown, at: string, report: Report) => void;

/** A member that may be absent. */
export interface Optional {
  readonly optional: Shape;
}

/** A shape for each member of T, optional where T's is. One that is forgotten does not compile. */
export type Members<T> = {
  // biome-ignore lint/complexity/noBannedTypes: {} is how TypeScript asks whether a member may be absent
  readonly [K in keyof T]-?: {} extends Pick<T, K> ? Optional : Shape;
};

export function optional(shape: Shape): Optional {
  return { optional: shape };
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  return typeof value === 'object' ? 'an object' : typeof value;
}

const ofKind =
  (kind: string, what: string): Shape =>
  (value, at, report) => {
    if (typeof value !== kind) report(at, 'wrong_type', `is ${kindOf(value)}, and must be ${what}`);
  };

export const anyText = ofKind('string', 'text');
export const truth = ofKind('boolean', 'true or false');
export const pureFunction = ofKind('function', 'a function');

export const text: Shape = (value, at, report) => {
  anyText(value, at, report);
  if (value === '') report(at, 'empty', 'is empty');
};

/** What ends a line, steers a terminal, or turns the text around it. */
const UNSHOWN = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

/** Of what people read. */
const readable =
  (shape: Shape): Shape =>
  (value, at, report) => {
    shape(value, at, report);
    if (typeof value === 'string' && UNSHOWN.test(value))
      report(at, 'unshown', 'holds a control character, or one that turns text around');
  };
export const shownOrEmpty = readable(anyText);
export const shown = readable(text);

/** Of a value that texts name; also a member of what is made of a definition. */
export const name: Shape = (value, at, report) => {
  text(value, at, report);
  if (typeof value === 'string' && isInherited(value)) report(at, 'bad_name', `"${value}" is no name here`);
};

export function isInherited(member: string): boolean {
  return member === 'prototype' || member in Object.prototype;
}

export function numberFrom(least: number): Shape {
  return (value, at, report) => {
    if (typeof value !== 'number' || !Number.isFinite(value))
      report(at, 'wrong_type', `is ${kindOf(value)}, and must be a number`);
    else if (value < least) report(at, 'out_of_range', `is ${value}, and must be at least ${least}`);
  };
}

export function wholeFrom(least: number, most = Number.MAX_SAFE_INTEGER): Shape {
  return (value, at, report) => {
    numberFrom(least)(value, at, report);
    if (typeof value !== 'number' || !Number.isFinite(value)) return;
    if (!Number.isInteger(value)) report(at, 'wrong_type', `is ${value}, and must be a whole number`);
    else if (value > most) report(at, 'out_of_range', `is ${value}, and must be at most ${most}`);
  };
}

/** A rate: nothing would ever be sent at none. */
export const positive: Shape = (value, at, report) => {
  numberFrom(0)(value, at, report);
  if (value === 0) report(at, 'out_of_range', 'is 0, and must be more');
};

export function exactly(only: unknown): Shape {
  return (value, at, report) => {
    if (value !== only) report(at, 'unknown_value', `must be ${JSON.stringify(only)}, or be left out`);
  };
}

export function oneOf<T extends string>(values: Readonly<Record<T, true>>): Shape {
  return (value, at, report) => {
    if (typeof value !== 'string') report(at, 'wrong_type', `is ${kindOf(value)}, and must be text`);
    else if (!Object.hasOwn(values, value))
      report(at, 'unknown_value', `"${value.slice(0, 60)}" is none of ${Object.keys(values).join(', ')}`);
  };
}

export function orNull(shape: Shape): Shape {
  return (value, at, report) => {
    if (value !== null) shape(value, at, report);
  };
}

export function listOf(shape: Shape, least = 0): Shape {
  return (value, at, report) => {
    if (!Array.isArray(value)) return report(at, 'wrong_type', `is ${kindOf(value)}, and must be a list`);
    if (value.length < least) report(at, 'empty', `must have ${least} at least`);
    for (const [index, one] of value.entries()) shape(one, `${at}[${index}]`, report);
  };
}

export function recordOf(shape: Shape): Shape {
  return (value, at, report) => {
    if (!isRecord(value)) return report(at, 'wrong_type', `is ${kindOf(value)}, and must be an object`);
    for (const [name, one] of Object.entries(value)) shape(one, joined(at, name), report);
  };
}

export const texts = recordOf(anyText);

/** All members of T and no other. */
export function object<T>(members: Members<T>): Shape {
  return objectOf(members);
}

function objectOf(members: Readonly<Record<string, Shape | Optional>>): Shape {
  return (value, at, report) => {
    if (!isRecord(value)) return report(at, 'wrong_type', `is ${kindOf(value)}, and must be an object`);
    for (const name of Object.keys(value))
      if (!Object.hasOwn(members, name)) report(joined(at, name), 'unknown_field', 'is no field of the type');
    for (const [name, member] of Object.entries(members)) {
      const given = Object.hasOwn(value, name) ? value[name] : undefined;
      const shape = typeof member === 'function' ? member : member.optional;
      if (given !== undefined) shape(given, joined(at, name), report);
      else if (typeof member === 'function') report(joined(at, name), 'missing', 'is missing');
    }
  };
}

/** One form a value of the tag. */
export function tagged<Tag extends string>(
  tag: string,
  forms: Readonly<Record<Tag, Shape>>,
  rule: CheckRule = 'unknown_value',
): Shape {
  return (value, at, report) => {
    if (!isRecord(value)) return report(at, 'wrong_type', `is ${kindOf(value)}, and must be an object`);
    const told = value[tag];
    const known: Readonly<Record<string, Shape>> = forms;
    const form = typeof told === 'string' && Object.hasOwn(known, told) ? known[told] : undefined;
    if (form !== undefined) return form(value, at, report);
    if (told === undefined) return report(joined(at, tag), 'missing', 'is missing');
    const what = typeof told === 'string' ? `"${told.slice(0, 60)}"` : kindOf(told);
    report(joined(at, tag), rule, `${what} is none of ${Object.keys(forms).join(', ')}`);
  };
}

/** The first form whose member is there decides. */
export function whichHas(forms: Readonly<Record<string, Shape>>): Shape {
  return (value, at, report) => {
    if (!isRecord(value)) return report(at, 'wrong_type', `is ${kindOf(value)}, and must be an object`);
    const found = Object.entries(forms).find(([name]) => Object.hasOwn(value, name));
    if (found !== undefined) return found[1](value, at, report);
    report(at, 'missing', `has none of ${Object.keys(forms).join(', ')}`);
  };
}

export function joined(at: string, name: string): string {
  const isPlain = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
  if (!isPlain) return `${at}[${JSON.stringify(name.slice(0, 60))}]`;
  return at === '' ? name : `${at}.${name}`;
}
