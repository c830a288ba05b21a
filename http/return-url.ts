// Where a merchant may be sent back to: our own origin, the installation's list, the tenant's list. Nothing else is ever redirected to.
import { MooringError } from '../domain/errors.ts';

/** An https origin and nothing more; http on this machine alone. */
export function isOrigin(text: string): boolean {
  const url = parsed(text);
  if (url === null || url.origin !== text) return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
}

/** The URL as it will be used. Throws invalid_return_url unless its origin is one of `allowed`, spelled without tricks. */
export function checkReturnUrl(text: string, allowed: readonly string[]): string {
  const url = parsed(text);
  const isPlain =
    url !== null &&
    url.username === '' &&
    url.password === '' &&
    /^https?:\/\/[^\\]*$/.test(text) &&
    // The parser must have understood the same host as a reader would: no tabs, no odd dots, no missing slash.
    text.toLowerCase().startsWith(`${url.protocol}//${url.host}`);
  if (!isPlain || !allowed.includes(url.origin)) {
    throw new MooringError('invalid_return_url', '"/returnUrl" does not lead to an allowed origin', {
      fields: [{ path: '/returnUrl', rule: 'must begin with one of the allowed origins' }],
    });
  }
  return url.toString();
}

function parsed(text: string): URL | null {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it refuses
  if (/[\s\u0000-\u001f\u007f]/.test(text)) return null;
  return URL.canParse(text) ? new URL(text) : null;
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
