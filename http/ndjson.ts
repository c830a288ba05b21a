// Lines out of a stream of bytes, one at a time: what is held is one line and one chunk, however long the upload. Blank lines are counted
// and passed over.
import type { Readable } from 'node:stream';
import { MooringError } from '../domain/errors.ts';

export interface Line {
  /** from 1, as an editor counts */
  readonly number: number;
  /** null: it is longer than a line may be, or not UTF-8 */
  readonly text: string | null;
  readonly isTooLong: boolean;
}

const NEWLINE = 0x0a;

/** Throws body_too_large once more bytes came than the upload may have; the lines before were given. */
export async function* linesOf(
  stream: Readable,
  limits: { readonly lineBytes: number; readonly totalBytes: number },
): AsyncGenerator<Line> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let totalBytes = 0;
  let number = 0;
  const take = (part: Buffer) => {
    heldBytes += part.length;
    // What is too long is not kept, only measured.
    if (heldBytes <= limits.lineBytes) held.push(part);
  };
  const cut = (): Line | null => {
    number += 1;
    const isTooLong = heldBytes > limits.lineBytes;
    const text = isTooLong ? null : textOf(Buffer.concat(held), number === 1);
    held = [];
    heldBytes = 0;
    return text === '' ? null : { number, text, isTooLong };
  };
  // Left unread rather than destroyed when a limit ends it early: the answer goes out on the same connection.
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    const bytes: Buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    totalBytes += bytes.length;
    if (totalBytes > limits.totalBytes)
      throw new MooringError('body_too_large', `the upload is larger than ${limits.totalBytes} bytes`);
    let from = 0;
    for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, from)) {
      take(bytes.subarray(from, at));
      from = at + 1;
      const line = cut();
      if (line !== null) yield line;
    }
    if (from < bytes.length) take(bytes.subarray(from));
  }
  const last = heldBytes === 0 ? null : cut();
  if (last !== null) yield last;
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

function textOf(bytes: Buffer, isFirst: boolean): string | null {
  try {
    const text = UTF8.decode(bytes).trim();
    return isFirst && text.startsWith('\ufeff') ? text.slice(1) : text;
  } catch {
    return null;
  }
}
