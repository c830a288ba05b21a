// The lifecycle states as a list, for reading them back out of a text column.
import type { Lifecycle } from '../domain/connection.ts';

export const LIFECYCLES = [
  'connecting',
  'active',
  'reauth_required',
  'revoking',
  'revoked',
  'abandoned',
] as const satisfies readonly Lifecycle['name'][];
