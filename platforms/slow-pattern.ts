// Whether a pattern takes very long for a short text: tried with texts that almost match, within a bound of time. It must never be run unbounded before.
import { createContext, Script } from 'node:vm';
import { repeatedGroupsOf } from './pattern-passes.ts';
import { characterOf, TOKENS } from './pattern-tokens.ts';

/** Whatever else the machine does, a good pattern is done in a thousandth of it. */
const WITHIN_MS = 1_000;

const TRIAL = new Script('for (const text of texts) pattern.test(text);');

/** Runs nothing but the pattern; a second time where the machine may have stood still the first. */
export function isSlow(pattern: RegExp): boolean {
  return takesLong(pattern) && takesLong(pattern);
}

function takesLong(pattern: RegExp): boolean {
  try {
    TRIAL.runInContext(createContext({ pattern, texts: almostMatching(pattern.source) }), {
      timeout: WITHIN_MS,
    });
    return false;
  } catch {
    return true;
  }
}

/** Repeated this often a piece shows what doubles with each more of it; this often what grows by its third power. */
const REPEATED = [40, 500];

/** No line, no segment, no word goes on over it. */
const END = '\u0000\n /?#@:"';

/** What begins like a match, goes on with one piece again and again, and ends as no match does. */
function almostMatching(source: string): string[] {
  const pieces = piecesOf(source);
  const ofPieces = pieces.flatMap((piece, at) => {
    const begun = pieces.slice(0, at).join('');
    const [before = '', after = ''] = [pieces[at - 1], pieces[at + 1]];
    const repeated = [piece, `${before}${piece}`, `${piece}${after}`, `${before}${piece}${after}`];
    return [
      ...[...new Set(repeated)].flatMap((one) => again(begun, one, REPEATED)),
      ...WIDE.flatMap((wide) => again(begun, pieces.slice(at, at + wide).join(''), REPEATED.slice(0, 1))),
    ];
  });
  const ofGroups = repeatedGroupsOf(source).flatMap(({ begun, passes }) =>
    passes.flatMap((pass) => again(begun, pass, REPEATED.slice(0, 1))),
  );
  return [...ofPieces, ...ofGroups];
}

/** As many pieces at once; the smaller repetition alone, since a good pattern takes long for a text of thousands too. */
const WIDE = [4, 5, 6, 7, 8];

function again(begun: string, one: string, repeated: readonly number[]): string[] {
  return repeated.flatMap((times) => [`${begun}${one.repeat(times)}${END}`, `${one.repeat(times)}${END}`]);
}

/** A character for each place of the pattern, one after the other. */
function piecesOf(source: string): string[] {
  const pieces: string[] = [];
  for (const [token] of source.matchAll(TOKENS)) {
    const least = /^\{(\d+)/.exec(token)?.[1];
    const last = pieces.at(-1);
    if (least !== undefined && last !== undefined)
      pieces.splice(-1, 1, last.repeat(Math.max(1, Math.min(Number(least), 40))));
    else if (/^(\(\?.*|[()|^$*+?])$/.test(token)) continue;
    else pieces.push(characterOf(token));
  }
  return pieces.slice(0, 60);
}
