// Which of a platform's declared hosts a request goes to. There is no way to name another.
import { MooringError } from '../domain/errors.ts';
import type { Platform, PlatformRequest } from '../domain/platform.ts';

/** The template. Throws internal where the platform declares no such base. */
export function baseUrlFor(platform: Platform, { base }: Pick<PlatformRequest, 'base'>): string {
  if (base === undefined) return platform.baseUrl;
  const others = platform.otherBaseUrls ?? {};
  const url = Object.hasOwn(others, base) ? others[base] : undefined;
  if (url === undefined) throw new MooringError('internal', `"${platform.id}" declares no base "${base}"`);
  return url;
}
