// What a merchant pastes, checked by form before anything is sealed or sent. A value is a secret: no message holds one.
import { type ErrorCode, type FieldError, MooringError } from '../domain/errors.ts';
import type { AuthMethod, CredentialField, FormObtain, Platform } from '../domain/platform.ts';

export type FormMethod = AuthMethod & { readonly obtain: FormObtain };

/** Of a line, and of a file: a chain of certificates, a PKCS #12 file in base64. */
const MAX_LENGTH = 4_096;
const MAX_FILE_LENGTH = 32_768;

/** Gives the fields, trimmed. Throws invalid_credential_form with one entry a field that is missing, unknown or malformed. */
export function checkCredentialForm(
  obtain: FormObtain,
  input: Readonly<Record<string, unknown>>,
): Record<string, string> {
  return checkFields(obtain.fields, input, { at: 'credential', code: 'invalid_credential_form' });
}

/** As checkCredentialForm, for any fields: `at` is where they stand in the request. */
export function checkFields(
  fields: readonly CredentialField[],
  input: Readonly<Record<string, unknown>>,
  { at, code }: { readonly at: string; readonly code: ErrorCode },
): Record<string, string> {
  const errors: FieldError[] = [];
  const values: Record<string, string> = {};
  for (const name of Object.keys(input)) {
    if (!fields.some((field) => field.name === name)) {
      errors.push({ path: `/${at}/${name.slice(0, 40)}`, rule: 'is not a field of this credential' });
    }
  }
  for (const field of fields) {
    const given = Object.hasOwn(input, field.name) ? input[field.name] : undefined;
    if (field.optional === true && (given === undefined || given === '')) continue;
    const value = normalized(field, given);
    const rule = ruleBroken(field, value);
    if (rule === null && typeof value === 'string') values[field.name] = value;
    else if (rule !== null) errors.push({ path: `/${at}/${field.name}`, rule });
  }
  if (errors.length === 0) return values;
  const told = errors.map(({ path, rule }) => `"${path.slice(at.length + 2)}" ${rule}`).join('; ');
  throw new MooringError(code, told, { fields: errors });
}

/** A password may begin or end with a space; what is copied from a page with a line end, or is a file, may not. */
function normalized(field: CredentialField, given: unknown): unknown {
  if (typeof given !== 'string') return given;
  switch (field.form) {
    case 'pem':
      return `${given.replace(/\r\n?/g, '\n').trim()}\n`;
    case 'pfx':
      return given.replace(/\s/g, '');
    case undefined:
      return field.pattern === undefined ? given : given.trim();
  }
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

function ruleBroken(field: CredentialField, value: unknown): string | null {
  if (value === undefined || value === null || value === '') return 'is required';
  if (typeof value !== 'string') return 'must be text';
  const maxLength = field.form === undefined ? MAX_LENGTH : MAX_FILE_LENGTH;
  if (value.length > maxLength) return `must be at most ${maxLength} characters`;
  if (
    field.form === 'pem' &&
    !/^-----BEGIN [A-Z0-9 ]+-----\n[\s\S]+\n-----END [A-Z0-9 ]+-----\n$/.test(value)
  )
    return 'must be PEM text, from its BEGIN line to its END line';
  if (field.form === 'pfx' && !/^[A-Za-z0-9+/]+={0,2}$/.test(value))
    return 'must be a PKCS #12 file in base64';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(field.form === 'pem' ? value.replaceAll('\n', '') : value))
    return 'must not hold control characters';
  if (field.pattern !== undefined && !new RegExp(field.pattern).test(value))
    return 'does not have the form the platform gives out';
  return null;
}
