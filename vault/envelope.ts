// The sealed form. Header: "MV", format 1, algorithm 1 (AES-256-GCM under an HKDF-SHA256 subkey), data key version (4 bytes, big
// endian); then IV, ciphertext, tag. Header and binding are additional data: changed or swapped bytes do not open.
import { hkdfSync } from 'node:crypto';
import type { SealBinding } from '../domain/sealing.ts';
import { decrypt, encrypt, KEY_BYTES } from './aes-gcm.ts';

const HEADER_BYTES = 8;
const MAGIC = 0x4d56;
const FORMAT = 1;
const AES_256_GCM_HKDF_SHA256 = 1;

/** Encrypts under a key derived for this subject and generation alone. `dataKey` is 32 bytes. */
export function sealEnvelope(
  dataKey: Uint8Array,
  keyVersion: number,
  binding: SealBinding,
  plain: Uint8Array,
): Buffer {
  const header = writeHeader(keyVersion);
  const subkey = deriveSubkey(dataKey, binding);
  const body = encrypt(subkey, plain, additionalData(header, binding));
  subkey.fill(0);
  return Buffer.concat([header, body]);
}

/** Decrypts, or null when the bytes, the header, the key or any part of the binding is another one. */
export function openEnvelope(
  dataKey: Uint8Array,
  keyVersion: number,
  binding: SealBinding,
  sealed: Uint8Array,
): Buffer | null {
  if (readKeyVersion(sealed) !== keyVersion) return null;
  const subkey = deriveSubkey(dataKey, binding);
  const aad = additionalData(sealed.subarray(0, HEADER_BYTES), binding);
  const plain = decrypt(subkey, sealed.subarray(HEADER_BYTES), aad);
  subkey.fill(0);
  return plain;
}

/** The data key's version as the header tells it; null when the header is not one of ours. */
export function readKeyVersion(sealed: Uint8Array): number | null {
  if (sealed.length < HEADER_BYTES) return null;
  const header = Buffer.from(sealed.buffer, sealed.byteOffset, HEADER_BYTES);
  const isOurs =
    header.readUInt16BE(0) === MAGIC &&
    header.readUInt8(2) === FORMAT &&
    header.readUInt8(3) === AES_256_GCM_HKDF_SHA256;
  return isOurs ? header.readUInt32BE(4) : null;
}

/** Each text with its length in bytes before it, so that no two lists of texts have the same encoding. */
export function encodeCanonically(texts: readonly string[]): Buffer {
  const parts: Buffer[] = [];
  for (const text of texts) {
    const bytes = Buffer.from(text, 'utf8');
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    parts.push(length, bytes);
  }
  return Buffer.concat(parts);
}

function writeHeader(keyVersion: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE(MAGIC, 0);
  header.writeUInt8(FORMAT, 2);
  header.writeUInt8(AES_256_GCM_HKDF_SHA256, 3);
  header.writeUInt32BE(keyVersion, 4);
  return header;
}

function additionalData(header: Uint8Array, binding: SealBinding): Buffer {
  const { owner, subject, kind, generation } = binding;
  return Buffer.concat([header, encodeCanonically(['mooring', owner, subject, kind, String(generation)])]);
}

/** A subkey per subject and generation keeps the number of encryptions under one key far below 2^32 (SP 800-38D § 8.3). */
function deriveSubkey(dataKey: Uint8Array, { subject, generation }: SealBinding): Buffer {
  const info = encodeCanonically(['mooring subkey', subject, String(generation)]);
  return Buffer.from(hkdfSync('sha256', dataKey, Buffer.alloc(0), info, KEY_BYTES));
}
