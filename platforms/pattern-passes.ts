// What one pass through each repeated group of a pattern matches: only repeated whole does it show that a group can be read in two ways. Pure.
import { characterOf, TOKENS } from './pattern-tokens.ts';

export interface RepeatedGroup {
  /** A text that leads up to the group. */
  readonly begun: string;
  /** Texts of one pass: each alternative once, and each place of it in each of its ways. */
  readonly passes: readonly string[];
}

/** Bounds what a long pattern costs. */
const MOST = { tokens: 400, passes: 64, length: 200, begun: 1_000, least: 40 };

interface Reader {
  readonly tokens: readonly string[];
  readonly groups: RepeatedGroup[];
  at: number;
}

export function repeatedGroupsOf(source: string): readonly RepeatedGroup[] {
  const tokens = [...source.matchAll(TOKENS)].slice(0, MOST.tokens).map(([token]) => token);
  const reader: Reader = { tokens, groups: [], at: 0 };
  readChoice(reader, '');
  return reader.groups;
}

/** Up to the end of the group. */
function readChoice(reader: Reader, begun: string): string[] {
  const passes = readSequence(reader, begun);
  while (reader.tokens[reader.at] === '|') {
    reader.at += 1;
    passes.push(...readSequence(reader, begun));
  }
  return [...new Set(passes)].slice(0, MOST.passes);
}

function readSequence(reader: Reader, begun: string): string[] {
  const places: string[][] = [];
  let before = begun;
  for (;;) {
    const token = reader.tokens[reader.at];
    if (token === undefined || token === '|' || token === ')') return varied(places);
    const place = readPlace(reader, token, before);
    places.push(place);
    if (before.length < MOST.begun) before += place[0] ?? '';
  }
}

/** The first way of each place, and each other way of one place with the first of all others. */
function varied(places: readonly (readonly string[])[]): string[] {
  const first = places.map(([way = '']) => way);
  const others = places.flatMap((ways, at) =>
    ways.slice(1).map((way) => [...first.slice(0, at), way, ...first.slice(at + 1)]),
  );
  return [first, ...others.slice(0, MOST.passes)].map((ways) => ways.join('').slice(0, MOST.length));
}

function readPlace(reader: Reader, token: string, begun: string): string[] {
  reader.at += 1;
  const isGroup = token.startsWith('(');
  const ways = isGroup ? readChoice(reader, begun) : waysOf(token);
  if (isGroup) reader.at += 1;
  const quantifier = /^(?:[*+?]|\{\d.*\})$/.exec(reader.tokens[reader.at] ?? '')?.[0];
  const taken = /^\(\?<?[=!]/.test(token) ? [''] : ways;
  if (quantifier === undefined) return taken;
  reader.at += reader.tokens[reader.at + 1] === '?' ? 2 : 1;
  if (isGroup && quantifier !== '?') reader.groups.push({ begun, passes: ways.filter((way) => way !== '') });
  const least = quantifier === '+' ? 1 : Number(/\d+/.exec(quantifier)?.[0] ?? 0);
  const repeated = taken.map((way) => way.repeat(Math.max(1, Math.min(least, MOST.least))));
  return least === 0 ? [...repeated, ''] : repeated;
}

/** Of a class its own characters too: two classes may share one of them alone. */
function waysOf(token: string): string[] {
  if (/^(?:[$^]|\\[bB])$/.test(token)) return [''];
  const own = token.startsWith('[') ? [...token.slice(1, -1)] : [];
  return [...new Set([characterOf(token), ...own])].slice(0, 8);
}
