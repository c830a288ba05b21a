// The patterns of a definition: each compiles, is anchored, matches its own example, and is quick for whatever text it is given. Pure.
import type { PlatformRule } from './check-rules.ts';
import { patternsOf } from './pattern-places.ts';
import { isSlow } from './slow-pattern.ts';

export const checkPatterns: PlatformRule = (platform, report) => {
  for (const { at, pattern, example, isWithin } of patternsOf(platform)) {
    const compiled = compile(pattern);
    if (compiled === null) report(at, 'bad_pattern', 'does not compile');
    else if (isWithin !== true && !isAnchored(pattern))
      report(at, 'unanchored_pattern', 'must begin with ^ and end with $');
    else if (example !== undefined && !compiled.test(example))
      report(at, 'example_mismatch', `does not match its own example "${example}"`);
  }
  for (const [index, { choices = [], pattern }] of platform.shop.entries())
    for (const { value } of choices)
      if (compile(pattern)?.test(value) === false)
        report(`shop[${index}].choices`, 'example_mismatch', `"${value}" does not match the pattern`);
};

/** Before any other rule tries a pattern: one of these would hold the process up. */
export const checkSlowPatterns: PlatformRule = (platform, report) => {
  for (const { at, pattern, flags } of patternsOf(platform)) {
    const compiled = compile(pattern, flags);
    if (compiled !== null && isSlow(compiled))
      report(at, 'pattern_slow', 'takes more than a second for a short text that almost matches');
  }
};

function compile(pattern: string, flags = ''): RegExp | null {
  try {
    return new RegExp(pattern, flags);
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
