/** The search syntax of `query:` arguments, as far as syncing needs it: ANDed comparisons of dates, ids and statuses. */

export interface Comparison {
  field: string;
  operator: ':' | '>' | '>=' | '<' | '<=';
  value: string;
}

const TERM = /^(-?)([a-z_]+):(>=|<=|>|<)?(?:'([^']*)'|"([^"]*)"|([^\s'"()]+))$/;

/** Terms that are understood, and the words that are not: the platform warns of those and ignores them. */
export function parseSearch(query: string): { terms: Comparison[]; ignored: string[] } {
  const words = query.match(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g) ?? [];
  const terms: Comparison[] = [];
  const ignored: string[] = [];
  for (const word of words) {
    if (word === 'AND') continue;
    const found = TERM.exec(word.replace(/^\(|\)$/g, ''));
    const operator = found?.[3] ?? ':';
    if (found?.[2] === undefined || found[1] === '-' || !isOperator(operator)) ignored.push(word);
    else terms.push({ field: found[2], operator, value: found[4] ?? found[5] ?? found[6] ?? '' });
  }
  return { terms, ignored };
}

function isOperator(text: string): text is Comparison['operator'] {
  return [':', '>', '>=', '<', '<='].includes(text);
}

export function compares(operator: Comparison['operator'], left: number, right: number): boolean {
  switch (operator) {
    case ':':
      return left === right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
  }
}
