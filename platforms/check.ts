// Whether a definition of a platform is one: its form, and the rules that no type can say. Every finding names its field and its rule. Pure: nothing of
// the definition is called, so that a hostile one does no more than it did by being loaded.
import type { Platform } from '../domain/platform.ts';
import { checkAddresses } from './check-addresses.ts';
import { platformForm } from './check-form.ts';
import { checkHeaders } from './check-headers.ts';
import { checkNames } from './check-names.ts';
import { checkPatterns, checkSlowPatterns } from './check-patterns.ts';
import { checkPlain } from './check-plain.ts';
import {
  checkAnswers,
  checkCallbacks,
  checkDates,
  checkDuplicates,
  checkExchanges,
  checkId,
  checkKeys,
  checkScopes,
  type PlatformRule,
} from './check-rules.ts';
import { type Finding, isRecord } from './check-shape.ts';
import { checkKinds, checkProofs, checkShopFields, checkWays } from './check-ties.ts';

const RULES: readonly PlatformRule[] = [
  checkId,
  checkPatterns,
  checkAddresses,
  checkDuplicates,
  checkNames,
  checkHeaders,
  checkExchanges,
  checkCallbacks,
  checkAnswers,
  checkScopes,
  checkDates,
  checkKeys,
  checkShopFields,
  checkKinds,
  checkWays,
  checkProofs,
];

export type Checked =
  | { readonly platform: Platform; readonly findings: readonly [] }
  | { readonly platform: null; readonly findings: readonly Finding[] };

/** The definition, or everything that is wrong with it. */
export function checkPlatform(value: unknown): Checked {
  const findings: Finding[] = [];
  const report = (field: string, rule: Finding['rule'], because: string): void => {
    findings.push({ field, rule, because });
  };
  checkPlain(value, report);
  if (findings.length > 0) return { platform: null, findings };
  if (!isRecord(value)) report('', 'no_platform', 'is no object');
  else platformForm(value, '', report);
  const isForm = findings.length === 0;
  applied(checkSlowPatterns, value, report, isForm);
  if (findings.some(({ rule }) => rule === 'pattern_slow')) return { platform: null, findings };
  for (const rule of RULES) applied(rule, value, report, isForm);
  if (findings.length === 0 && isPlatform(value, isForm)) return { platform: value, findings: [] };
  return { platform: null, findings };
}

/** Where the form is broken a rule may meet what it does not expect: it then says nothing, since the form has said it. */
function applied(
  rule: PlatformRule,
  value: unknown,
  report: Parameters<PlatformRule>[1],
  isForm: boolean,
): void {
  const found: Parameters<typeof report>[] = [];
  try {
    if (isPlatform(value, true)) rule(value, (...finding) => void found.push(finding));
  } catch (error) {
    if (isForm) throw error;
  }
  for (const finding of found) report(...finding);
}

/** By the form that was checked before. */
function isPlatform(value: unknown, isForm: boolean): value is Platform {
  return isForm && isRecord(value);
}
