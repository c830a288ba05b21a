// What a GraphQL query costs at Shopify: a scalar 0, an object 1, a connection 2 and its first × a node. Money, addresses and page
// information are counted as 0. That is the published rule read loosely, yet above what Shopify
// asks since it charges large connections less (costs measured in microsoft/BCApps#5926, API 2025-07: secondary). Pure.

/** A single query may not cost more, whatever the plan. */
export const MAX_QUERY_COST = 1_000;
const CONNECTION_COST = 2;

/** Cost of a query whose connections name their size as a literal `first: n`. */
export function queryCost(query: string): number {
  const text = query.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  const tokens: readonly string[] = text.match(/[A-Za-z_$][\w$]*|\d+|[{}():[\]!,.@]|""/g) ?? [];
  const reader = { tokens, at: tokens.indexOf('{') };
  return reader.at < 0 ? 0 : selectionCost(reader).own;
}

interface TokenReader {
  readonly tokens: readonly string[];
  at: number;
}

/** `own` is charged once, `perNode` for each node of a connection. */
interface SelectionCost {
  readonly own: number;
  readonly perNode: number;
}

/** Fields that hold values, not objects. */
const VALUES = /(Set|Money|Address|addresses|pageInfo)$/;

/** Reads `{ … }` from its opening brace. */
function selectionCost(reader: TokenReader): SelectionCost {
  let own = 0;
  let perNode = 0;
  reader.at++;
  while (reader.at < reader.tokens.length && reader.tokens[reader.at] !== '}') {
    const name = reader.tokens[reader.at++];
    if (reader.tokens[reader.at] === ':') reader.at += 2;
    const first = reader.tokens[reader.at] === '(' ? argumentsFirst(reader) : null;
    if (reader.tokens[reader.at] !== '{') continue;
    const inner = selectionCost(reader);
    const one = inner.own + (VALUES.test(name ?? '') ? 0 : 1);
    if (name === 'nodes' || name === 'node') perNode += one;
    else if (name === 'edges') perNode += inner.perNode;
    else if (inner.perNode > 0) own += CONNECTION_COST + (first ?? 1) * inner.perNode + inner.own;
    else own += (first ?? 1) * one;
  }
  reader.at++;
  return { own, perNode };
}

/** Reads `( … )` and gives the literal of `first`, null without one. */
function argumentsFirst(reader: TokenReader): number | null {
  let first: number | null = null;
  let depth = 0;
  do {
    const token = reader.tokens[reader.at++];
    if (token === '(') depth++;
    if (token === ')') depth--;
    if (token === 'first' && reader.tokens[reader.at] === ':') first = Number(reader.tokens[reader.at + 1]);
  } while (depth > 0 && reader.at < reader.tokens.length);
  return first;
}
