// What a merchant pastes, checked by form before anything is sealed or sent. A value is a secret: no message holds one.
import { type FieldError, MooringError } from '../domain/errors.ts';
import type { AuthMethod, FormObtain, Platform } from '../domain/platform.ts';

export type FormMethod = AuthMethod & { readonly obtain: FormObtain };

const MAX_LENGTH = 4_096;

/** Gives the fields, trimmed. Throws invalid_credential_form with one entry a field that is missing, unknown or malformed. */
export function checkCredentialForm(
  obtain: FormObtain,
  input: Readonly<Record<string, unknown>>,
): Record<string, string> {
  const errors: FieldError[] = [];
  const values: Record<string, string> = {};
  for (const name of Object.keys(input)) {
    if (!obtain.fields.some((field) => field.name === name)) {
      errors.push({ path: `/credential/${name.slice(0, 40)}`, rule: 'is not a field of this credential' });
    }
  }
  for (const field of obtain.fields) {
    const given = Object.hasOwn(input, field.name) ? input[field.name] : undefined;
    // A password may begin or end with a space; what is copied from a page with a line end may not.
    const value = typeof given === 'string' && field.pattern !== undefined ? given.trim() : given;
    const rule = ruleBroken(value, field.pattern);
    if (rule === null && typeof value === 'string') values[field.name] = value;
    else if (rule !== null) errors.push({ path: `/credential/${field.name}`, rule });
  }
  if (errors.length === 0) return values;
  const told = errors.map(({ path, rule }) => `"${path.slice(12)}" ${rule}`).join('; ');
  throw new MooringError('invalid_credential_form', told, { fields: errors });
}

/** The method whose fields these are; undefined where the platform has none. */
export function methodForFields(platform: Platform, names: readonly string[]): FormMethod | undefined {
  const methods = platform.auth.flatMap((method) =>
    'fields' in method.obtain ? [{ ...method, obtain: method.obtain }] : [],
  );
  return methods.find(
    ({ obtain }) =>
      names.every((name) => obtain.fields.some((field) => field.name === name)) &&
      obtain.fields.every((field) => field.optional === true || names.includes(field.name)),
  );
}

function ruleBroken(value: unknown, pattern: string | undefined): string | null {
  if (value === undefined || value === null || value === '') return 'is required';
  if (typeof value !== 'string') return 'must be text';
  if (value.length > MAX_LENGTH) return `must be at most ${MAX_LENGTH} characters`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(value)) return 'must not hold control characters';
  if (pattern !== undefined && !new RegExp(pattern).test(value))
    return 'does not have the form the platform gives out';
  return null;
}
