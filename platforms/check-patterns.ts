// The patterns of a definition: each compiles, is anchored, matches its own example, and is quick for whatever text it is given. Pure.
import type { Platform } from '../domain/platform.ts';
import type { PlatformRule } from './check-rules.ts';
import { isSlow } from './slow-pattern.ts';

export const checkPatterns: PlatformRule = (platform, report) => {
  for (const { at, pattern, example } of patternsOf(platform)) {
    const compiled = compile(pattern);
    if (compiled === null) report(at, 'bad_pattern', 'does not compile');
    else if (!isAnchored(pattern)) report(at, 'unanchored_pattern', 'must begin with ^ and end with $');
    else if (example !== undefined && !compiled.test(example))
      report(at, 'example_mismatch', `does not match its own example "${example}"`);
  }
  for (const [index, { choices = [], pattern }] of platform.shop.entries())
    for (const { value } of choices)
      if (compile(pattern)?.test(value) === false)
        report(`shop[${index}].choices`, 'example_mismatch', `"${value}" does not match the pattern`);
  for (const { at, pattern } of patternsOfAnswers(platform))
    if (compile(pattern) === null) report(at, 'bad_pattern', 'does not compile');
};

/** Before any other rule tries a pattern: one of these would hold the process up. */
export const checkSlowPatterns: PlatformRule = (platform, report) => {
  for (const { at, pattern } of [...patternsOf(platform), ...patternsOfAnswers(platform)]) {
    const compiled = compile(pattern);
    if (compiled !== null && isSlow(compiled))
      report(at, 'pattern_slow', 'takes more than a second for a short text that almost matches');
  }
};

/** Of what an answer says somewhere in it: not anchored. */
function patternsOfAnswers({ answers }: Platform): Pattern[] {
  return answers.flatMap(({ body }, index) =>
    body?.matches === undefined ? [] : [{ at: `answers[${index}].body.matches`, pattern: body.matches }],
  );
}

interface Pattern {
  readonly at: string;
  readonly pattern: string;
  readonly example?: string;
}

function patternsOf(platform: Platform): Pattern[] {
  const ofFields = (at: string, fields: readonly { readonly pattern?: string }[]): Pattern[] =>
    fields.flatMap(({ pattern }, index) =>
      pattern === undefined ? [] : [{ at: `${at}[${index}].pattern`, pattern }],
    );
  const told = (at: string, parts: Readonly<Record<string, unknown>> | undefined): Pattern[] =>
    Object.entries(parts ?? {}).flatMap(([name, part]) =>
      typeof part === 'object' && part !== null && 'pattern' in part && typeof part.pattern === 'string'
        ? [{ at: `${at}.${name}.pattern`, pattern: part.pattern }]
        : [],
    );
  return [
    ...platform.shop.map(({ pattern, example }, index) => ({
      at: `shop[${index}].pattern`,
      pattern,
      example,
    })),
    ...ofFields('registration', platform.registration ?? []),
    ...patternsOfNotifications(platform),
    ...platform.auth.flatMap(({ obtain, tokenAnswer }, index) => [
      ...('fields' in obtain ? ofFields(`auth[${index}].obtain.fields`, obtain.fields) : []),
      ...(tokenAnswer?.scope?.part === undefined
        ? []
        : [{ at: `auth[${index}].tokenAnswer.scope.part`, pattern: tokenAnswer.scope.part }]),
      ...told(`auth[${index}].tokenAnswer.shopFields`, tokenAnswer?.shopFields),
      ...('callback' in obtain
        ? obtain.callback.flatMap((step, at) => [
            ...told(`auth[${index}].obtain.callback[${at}].shopFields`, step.shopFields),
            ...(typeof step.continueAt === 'object' && 'host' in step.continueAt
              ? [
                  {
                    at: `auth[${index}].obtain.callback[${at}].continueAt.host`,
                    pattern: step.continueAt.host,
                  },
                ]
              : []),
          ])
        : []),
    ]),
  ];
}

function patternsOfNotifications({ notifications, resources }: Platform): Pattern[] {
  const places = [
    ...Object.entries(notifications?.objectIn ?? {}).map(([name, some]) => ({
      at: `notifications.objectIn.${name}`,
      some,
    })),
    ...Object.entries(notifications?.subjectIn ?? {}).map(([name, some]) => ({
      at: `notifications.subjectIn.${name}`,
      some,
    })),
  ].flatMap(({ at, some }) =>
    (some ?? []).flatMap(({ pattern }, index) =>
      pattern === undefined ? [] : [{ at: `${at}[${index}].pattern`, pattern }],
    ),
  );
  const shop = notifications?.shopIs?.pattern;
  const signature = notifications?.signature;
  const signed = signature?.kind === 'hmac' ? signature.pattern : undefined;
  const ids = Object.entries(resources).flatMap(([name, definition]) =>
    definition?.one === undefined ? [] : [{ at: `resources.${name}.one.id`, pattern: definition.one.id }],
  );
  return [
    ...places,
    ...(shop === undefined ? [] : [{ at: 'notifications.shopIs.pattern', pattern: shop }]),
    ...(signed === undefined ? [] : [{ at: 'notifications.signature.pattern', pattern: signed }]),
    ...ids,
  ];
}

function compile(pattern: string): RegExp | null {
  try {
    return new RegExp(pattern);
  } catch {
    return null;
  }
}

/** ^…$, with no alternative outside a group: ^a|b$ is anchored at one end each. */
function isAnchored(pattern: string): boolean {
  if (!/^\^[\s\S]*[^\\]\$$/.test(pattern) && !/^\^[\s\S]*\\\\\$$/.test(pattern)) return false;
  let depth = 0;
  const bare = pattern.replace(/\\[\s\S]/g, '').replace(/\[[^\]]*\]/g, '');
  for (const one of bare) {
    if (one === '(') depth += 1;
    else if (one === ')') depth -= 1;
    else if (one === '|' && depth === 0) return false;
  }
  return true;
}
