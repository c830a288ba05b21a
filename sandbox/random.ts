/** Deterministic randomness: the same names give the same numbers, on any machine. Never for secrets. */

const prefixes = new Map<string, number>();

/** FNV-1a of the names, which repeat and are remembered. */
function prefixOf(seed: string, kind: string): number {
  const text = `${seed}\u0000${kind}`;
  const known = prefixes.get(text);
  if (known !== undefined) return known;
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  if (prefixes.size > 10_000) prefixes.clear();
  prefixes.set(text, hash);
  return hash;
}

/** Finished so that neighbouring positions differ in every bit. */
export function randomUint32(seed: string, kind: string, index: number): number {
  let hash = Math.imul(prefixOf(seed, kind) ^ index, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

export interface Dice {
  /** A whole number from 0 to `sides` - 1. */
  roll(sides: number): number;
  pick<T>(from: readonly T[]): T;
}

/** mulberry32 */
export function dice(seed: string, kind: string, index: number): Dice {
  let state = randomUint32(seed, kind, index);
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const roll = (sides: number) => Math.floor(next() * sides);
  const pick = <T>(from: readonly T[]): T => {
    for (const one of from.slice(roll(from.length))) return one;
    throw new Error('nothing to pick from');
  };
  return { roll, pick };
}
