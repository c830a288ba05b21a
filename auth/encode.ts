// How texts become the bytes that are signed, and digests become text. Nothing here knows a scheme.

/** RFC 3986 § 2.1: everything but unreserved characters, in upper-case hex; what RFC 5849 § 3.6 and AWS ask for. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** application/x-www-form-urlencoded (RFC 6749 appendix B): as above, but a space is +. */
export function formEncode(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}

/** By byte of UTF-8: not by JavaScript's UTF-16, which differs beyond the basic plane. */
export function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'));
}

/** Name and value pairs, sorted by name and then by value. */
export function sortPairs(pairs: readonly (readonly [string, string])[]): (readonly [string, string])[] {
  return [...pairs].sort(([a, x], [b, y]) => compareBytes(a, b) || compareBytes(x, y));
}

export function encodeDigest(digest: Buffer, encoding: 'hex' | 'HEX' | 'base64'): string {
  switch (encoding) {
    case 'hex':
      return digest.toString('hex');
    case 'HEX':
      return digest.toString('hex').toUpperCase();
    case 'base64':
      return digest.toString('base64');
  }
}
