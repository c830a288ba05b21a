// Breaks the parts of a running product, one after another on a seeded plan, and brings each back as a supervisor would. A process that ends although nobody
// ended it is noticed.
import { setTimeout as pause } from 'node:timers/promises';
import type { Part } from '../../scripts/stack/process.ts';
import type { Product } from '../invariants/product.ts';
import type { OwnGround } from './own-ground.ts';

export const BREAKABLE = ['http', 'worker', 'postgres', 'temporal'] as const;
export type Breakable = (typeof BREAKABLE)[number];

export interface Outage {
  readonly part: Breakable;
  readonly downMs: number;
}

/** Each part once a round, in another order each time; down for up to `longestMs`. The same seed, the same plan. */
export function planOutages(seed: number, rounds: number, longestMs: number): readonly Outage[] {
  const draw = dice(seed);
  const plan: Outage[] = [];
  for (let round = 0; round < rounds; round++) {
    const parts = BREAKABLE.map((part) => ({ part, at: draw() })).sort((a, b) => a.at - b.at);
    for (const { part } of parts) plan.push({ part, downMs: Math.round(draw() * longestMs) });
  }
  return plan;
}

/** Mulberry32: from 0 to below 1. */
function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface Breaking {
  /** Down and up again; `whileDown` runs in between. */
  break(outage: Outage, whileDown?: () => Promise<void>): Promise<void>;
  /** Processes of ours that run now. */
  alive(): readonly string[];
  /** Those that ended though nobody ended them. */
  fallen(): readonly string[];
}

export function startBreaking(product: Product, ground: OwnGround): Breaking {
  const port = Number(new URL(product.apiUrl).port);
  const fallen: string[] = [];
  const running = new Map<'http' | 'worker', Part>();
  const killed = new Set<Part>();
  let count = 0;
  const watch = (kind: 'http' | 'worker', part: Part): void => {
    running.set(kind, part);
    void part.ended.then((code) => {
      if (running.get(kind) === part) running.delete(kind);
      if (!killed.has(part)) fallen.push(`${part.name} (${code ?? 'killed'})`);
    });
  };
  watch('http', product.part('http'));
  watch('worker', product.part('worker'));
  const restart = async (kind: 'http' | 'worker', downMs: number, whileDown: () => Promise<void>) => {
    const part = running.get(kind);
    if (part !== undefined) {
      killed.add(part);
      part.kill();
      await part.ended;
    }
    await whileDown();
    await pause(downMs);
    count += 1;
    watch(kind, await product.startMore(kind, `${kind}-${count}`, kind === 'http' ? port : undefined));
  };
  return {
    break: async ({ part, downMs }, whileDown = async () => undefined) => {
      if (part === 'postgres') await ground.restartPostgres(downMs);
      else if (part === 'temporal') await ground.restartTemporal(downMs);
      else await restart(part, downMs, whileDown);
    },
    alive: () => [...running.values()].map(({ name }) => name).sort(),
    fallen: () => fallen,
  };
}
