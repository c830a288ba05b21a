// Compares what was sent as a signature with what it should be, in constant time.
import { timingSafeEqual } from 'node:crypto';
import type { ReceivedHmac } from '../domain/platform.ts';

/** In which encodings a signature may be told. */
export const ENCODINGS = {
  hex: ['hex'],
  base64: ['base64'],
  hex_or_base64: ['hex', 'base64'],
} as const satisfies Record<ReceivedHmac['encoding'], readonly BufferEncoding[]>;

/** The signature within the text, where it is a part of it. */
export function signatureIn(text: string | null, pattern: string | undefined): string | null {
  if (text === null || pattern === undefined) return text;
  return new RegExp(pattern).exec(text)?.[1] ?? null;
}

export function isDigest(given: string, digest: Buffer, encoding: ReceivedHmac['encoding']): boolean {
  return ENCODINGS[encoding].some((one) => isSame(given, digest.toString(one)));
}

export function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given, 'utf8'), Buffer.from(expected, 'utf8')];
  return a.length === b.length && timingSafeEqual(a, b);
}
