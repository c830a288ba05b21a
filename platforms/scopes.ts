// From what a vendor asks for to the platform's narrowest scopes, and back to what is missing of them. Pure.
import type { Platform } from '../domain/platform.ts';
import type { Permission } from '../domain/resource.ts';

/** The narrowest scopes for these permissions and those always asked for, without doubles and without those another of them implies. */
export function scopesFor(platform: Platform, permissions: readonly Permission[]): string[] {
  const always = platform.alwaysScopes ?? [];
  const wanted = [...new Set([...permissions.flatMap((one) => platform.permissions[one] ?? []), ...always])];
  const implied = wanted.map((scope) => impliedBy(platform, scope));
  // Of scopes that imply each other the first stays.
  return wanted.filter(
    (scope, at) =>
      !wanted.some(
        (other, from) =>
          other !== scope && implied[from]?.has(scope) && (from < at || !implied[at]?.has(other)),
      ),
  );
}

/** The scopes these permissions need that were not granted; null (the platform tells no scopes) misses none. */
export function missingScopes(
  platform: Platform,
  permissions: readonly Permission[],
  granted: readonly string[] | null,
): string[] {
  if (granted === null) return [];
  const held = new Set(granted.flatMap((scope) => [scope, ...impliedBy(platform, scope)]));
  return scopesFor(platform, permissions).filter((scope) => !held.has(scope));
}

/** The scopes that this one brings along. */
export function impliedBy(platform: Platform, scope: string): Set<string> {
  const found = new Set<string>();
  const open = [scope];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const implied of platform.impliedScopes?.[next] ?? []) {
      if (found.has(implied)) continue;
      found.add(implied);
      open.push(implied);
    }
  }
  return found;
}
