// What a client registration holds beside its client id: a secret where there is one, and the fields that its platform declares. Secret ones are sealed
// together, one version for all; nothing of them is ever read back here.
import { MooringError } from '../domain/errors.ts';
import type { ClientRegistrationId, TenantId } from '../domain/ids.ts';
import type { Platform } from '../domain/platform.ts';
import { checkFields } from '../platforms/credential-form.ts';
import { clientSecretBinding } from '../store/opening-rows.ts';
import type { HttpDeps } from './deps.ts';

export interface ToldFields {
  readonly public: Readonly<Record<string, string>>;
  readonly secret: Readonly<Record<string, string>>;
}

/** The platform's further fields, checked by their form. Throws invalid_request naming each that is missing, unknown or malformed. */
export function fieldsOf(platform: Platform, given: Readonly<Record<string, string>>): ToldFields {
  const declared = platform.registration ?? [];
  const values = checkFields(declared, given, { at: 'fields', code: 'invalid_request' });
  const isSecret = (name: string): boolean => declared.some((field) => field.name === name && field.secret);
  const entries = Object.entries(values);
  return {
    public: Object.fromEntries(entries.filter(([name]) => !isSecret(name))),
    secret: Object.fromEntries(entries.filter(([name]) => isSecret(name))),
  };
}

export function secretPart(clientSecret: string | undefined): Record<string, string> {
  return clientSecret === undefined ? {} : { clientSecret };
}

/** A version holds all secrets of a registration, and nobody here can open the one before: they change together. */
export function assertWhole(platform: Platform, secrets: Readonly<Record<string, string>>): void {
  const named = Object.keys(secrets);
  const missing = (platform.registration ?? []).filter(
    ({ name, secret, optional }) => secret && optional !== true && !named.includes(name),
  );
  const [first] = missing;
  if (named.length === 0 || first === undefined) return;
  throw new MooringError('invalid_request', `the next version lacks "${first.name}"`, {
    fields: missing.map(({ name }) => ({
      path: `/fields/${name}`,
      rule: 'is required beside the other secrets',
    })),
  });
}

export function sealSecrets(
  deps: HttpDeps,
  of: {
    id: ClientRegistrationId;
    tenantId: TenantId | null;
    version: number;
    secrets: Readonly<Record<string, string>>;
  },
) {
  return deps.vault.seal(clientSecretBinding(of.tenantId, of.id, of.version), of.secrets);
}
