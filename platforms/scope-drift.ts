// What was granted against what is asked for. Pure. A platform that tells no scopes has no drift that anybody could see.
import type { Platform } from '../domain/platform.ts';
import type { Permission } from '../domain/resource.ts';
import { impliedBy, missingScopes, scopesFor } from './scopes.ts';

export interface ScopeDrift {
  /** fewer: some that are needed are missing; more: some are not needed; changed: both. */
  readonly drift: 'more' | 'fewer' | 'changed';
  readonly missing: readonly string[];
  readonly surplus: readonly string[];
}

/** null: granted is what is wanted, or nobody knows what was granted. */
export function scopeDriftOf(
  platform: Platform,
  permissions: readonly Permission[],
  granted: readonly string[],
): ScopeDrift | null {
  if (granted.length === 0) return null;
  const wanted = scopesFor(platform, permissions);
  const covered = new Set(wanted.flatMap((scope) => [scope, ...impliedBy(platform, scope)]));
  const missing = missingScopes(platform, permissions, granted);
  const surplus = granted.filter((scope) => !covered.has(scope));
  if (missing.length > 0) return { drift: surplus.length > 0 ? 'changed' : 'fewer', missing, surplus };
  return surplus.length > 0 ? { drift: 'more', missing, surplus } : null;
}
