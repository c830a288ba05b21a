/** The record of what the sandbox pushed and what it was answered. Never keeps a body or a signature; secrets in addresses are masked. */
import type { Sandbox } from './sandbox.ts';

const KEPT = 20_000;

export interface PushRecord {
  n: number;
  at: string;
  platform: string;
  shop: string;
  subscription: string | null;
  topic: string;
  objectId: string;
  url: string;
  /** From 1. */
  attempt: number;
  fault: string | null;
  /** `lost`: a fault kept it from being sent; `repeated`: it failed and comes again; `given_up`: it does not. */
  state: 'taken' | 'repeated' | 'given_up' | 'lost';
  /** Null: no answer in time. */
  status: number | null;
  durationMs: number;
}

export function record(sandbox: Sandbox, push: Omit<PushRecord, 'n' | 'at'>): void {
  sandbox.pushCount += 1;
  const at = new Date(sandbox.now()).toISOString();
  sandbox.pushes.push({ n: sandbox.pushCount, at, ...push, url: maskedUrl(push.url) });
  if (sandbox.pushes.length > KEPT) sandbox.pushes.splice(0, KEPT / 10);
}

/** Long parts of a path are tokens. */
export function maskedUrl(url: string): string {
  const { origin, pathname } = new URL(url);
  const shown = pathname.split('/').map((part) => (part.length >= 20 ? `${part.slice(0, 4)}***` : part));
  return `${origin}${shown.join('/')}`;
}
