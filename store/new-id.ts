// Makes ids: the bytes of a UUIDv7 (RFC 9562 § 5.7), so that ids made later sort later, down to the millisecond.
import { randomFillSync } from 'node:crypto';
import { formatId, type Id, type IdKind } from '../domain/ids.ts';

/** A new id of this kind. Never a secret: 74 of its bits are random, but it is shown everywhere. */
export function newId<K extends IdKind>(kind: K): Id<K> {
  return formatId(kind, newIdBytes());
}

/** What ids are made of, for ids that are to be made again later. */
export function newIdBytes(): Buffer<ArrayBuffer> {
  const bytes = randomFillSync(Buffer.alloc(16));
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes;
}
