// A place in a feed as the API's cursors say it: opaque to a reader, and made here because events tell of places too. Each names the feed, its
// filter and its tenant, so that one is refused on another feed or with another tenant's key. Not a secret.

export interface FeedOf {
  readonly tenantId: string;
  /** A resource, or "events". */
  readonly feed: string;
  /** null: of all connections. */
  readonly connectionId: string | null;
}

export interface FeedPlace {
  readonly epoch: number;
  /** What comes after it is unread. */
  readonly position: bigint;
}

export function writePlace(of: FeedOf, { epoch, position }: FeedPlace): string {
  return writeCursorText([subjectOf(of), of.tenantId, `${epoch}.${position}`]);
}

/** Null for anything that was not made for this feed. */
export function parsePlace(of: FeedOf, text: string): FeedPlace | null {
  const parts = readCursorText(text);
  if (parts === null || parts[0] !== subjectOf(of) || parts[1] !== of.tenantId) return null;
  return parsePosition(parts[2]);
}

/** "epoch.position" */
export function parsePosition(text: string): FeedPlace | null {
  const [, epoch, position] = /^(\d{1,9})\.(\d{1,18})$/.exec(text) ?? [];
  return epoch === undefined || position === undefined
    ? null
    : { epoch: Number(epoch), position: BigInt(position) };
}

/** What a cursor of the feed is for: the feed and its filter. */
export function subjectOf({ feed, connectionId }: Pick<FeedOf, 'feed' | 'connectionId'>): string {
  return `${feed} ${connectionId ?? ''}`;
}

type CursorParts = readonly [of: string, tenant: string, position: string];

/** base64url of JSON. All of it is ASCII: names and ids. */
export function writeCursorText(parts: CursorParts): string {
  return btoa(JSON.stringify(parts)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

export function readCursorText(text: string): CursorParts | null {
  try {
    const value: unknown = JSON.parse(atob(text.replaceAll('-', '+').replaceAll('_', '/')));
    if (!Array.isArray(value) || value.length !== 3) return null;
    const [of, tenant, position]: unknown[] = value;
    return typeof of === 'string' && typeof tenant === 'string' && typeof position === 'string'
      ? [of, tenant, position]
      : null;
  } catch {
    return null;
  }
}
