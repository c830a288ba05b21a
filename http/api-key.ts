// The form of our API keys: mk_live_, 30 base62 digits (178 bits), 6 digits of CRC-32. The checksum is tested before any look-up,
// so that a mistyped or invented key costs no query. Only the SHA-256 of a key is ever kept.
import { createHash, randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ENTROPY_DIGITS = 30;
const FORM = /^mk_live_([0-9A-Za-z]{30})([0-9A-Za-z]{6})$/;
/** Finds anything that could be a key in a text, for refusing and redacting. */
export const KEY_ANYWHERE = /mk_live_[0-9A-Za-z]{8,}/;

export function mintApiKey(): string {
  let entropy = '';
  for (let digit = 0; digit < ENTROPY_DIGITS; digit++) entropy += ALPHABET[randomInt(62)] ?? '0';
  return `mk_live_${entropy}${checksum(entropy)}`;
}

export function isWellFormedApiKey(text: string): boolean {
  const [, entropy, check] = FORM.exec(text) ?? [];
  return entropy !== undefined && check === checksum(entropy);
}

export function hashApiKey(key: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(createHash('sha256').update(key, 'utf8').digest());
}

function checksum(entropy: string): string {
  let value = crc32(entropy);
  let text = '';
  for (let digit = 0; digit < 6; digit++) {
    text = (ALPHABET[value % 62] ?? '0') + text;
    value = Math.floor(value / 62);
  }
  return text;
}
