// The tokens of a pattern, and a character that each of them matches: what texts that almost match are made of. Pure.

export const TOKENS = /\(\?(?:<?[=!:]|<\w+>)|\\.|\[(?:\\.|[^\]\\])*\]|\{\d+(?:,\d*)?\}|[\s\S]/g;

/** One that the token matches. */
export function characterOf(token: string): string {
  if (token === '.') return 'a';
  if (!token.startsWith('[') && !token.startsWith('\\')) return token;
  const one = compiled(token);
  return one === null ? 'a' : (TRIED.find((text) => one.test(text)) ?? 'a');
}

const TRIED = ['a', '0', 'A', '-', ' ', ...[...Array(95).keys()].map((at) => String.fromCharCode(32 + at))];

function compiled(token: string): RegExp | null {
  try {
    return new RegExp(`^${token}$`);
  } catch {
    return null;
  }
}
