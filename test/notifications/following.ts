// A vendor's reader of a feed: goes on from its cursor, whatever is down meanwhile, and keeps what it was told in the order it was told.
import { setTimeout as pause } from 'node:timers/promises';
import type { Product } from '../invariants/product.ts';

const BETWEEN_MS = 200;

interface Page<T> {
  readonly data: readonly T[];
  readonly nextCursor: string;
  readonly hasMore: boolean;
}

export interface Following<T> {
  readonly seen: readonly T[];
  /** Reads to the end first. */
  stop(): Promise<void>;
}

/** Reads `path`, which has a query, from its beginning. */
export function follow<T>(product: Product, path: string): Following<T> {
  const seen: T[] = [];
  let isStopping = false;
  let cursor = '';
  const running = (async () => {
    for (;;) {
      const isLast = isStopping;
      const page = await product.api<Page<T>>('GET', path + cursor).catch(() => null);
      const isRead = page?.status === 200;
      if (isRead) {
        seen.push(...page.body.data);
        cursor = `&cursor=${encodeURIComponent(page.body.nextCursor)}`;
      }
      if (isRead && page.body.hasMore) continue;
      if (isRead && isLast) return;
      await pause(BETWEEN_MS);
    }
  })();
  return {
    seen,
    stop: async () => {
      isStopping = true;
      await running;
    },
  };
}
