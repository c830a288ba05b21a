/** What a simulated platform is to the sandbox around it: where it answers, which shop a request is for, how control reaches in. */
import type { Answer, Exchange } from './exchange.ts';
import type { Pushing } from './pushing.ts';
import type { Sandbox } from './sandbox.ts';
import type { Shop } from './state.ts';

interface Plays {
  readonly title: string;
  readonly colour: string;
  /** How a person reaches a shop, for the table a start prints. */
  readonly reach: string;
  /** Credentials without an approval page, for pasted keys, imports and tests. */
  handOut(sandbox: Sandbox, shop: Shop, fields: Record<string, unknown>): Answer;
  /** Begins at the platform what a merchant begins there: an install, an activation. The answer's `url` is where the browser goes. */
  install?(sandbox: Sandbox, shop: Shop, fields: Record<string, unknown>): Answer | Promise<Answer>;
  /** The call the platform makes to us when the merchant removes the app: a signed address, or a request. */
  uninstall?(sandbox: Sandbox, shop: Shop, fields: Record<string, unknown>): Answer | Promise<Answer>;
  /** What it tells of changes by itself; nothing: it does not. */
  readonly pushing?: Pushing;
}

/** One address for all shops: which shop a request is for stands in it, or in its token. */
export interface CentralPlatform extends Plays {
  readonly hosts: readonly string[];
  shopKey(sandbox: Sandbox, exchange: Exchange): string | null;
  answer(sandbox: Sandbox, exchange: Exchange): Answer | Promise<Answer>;
}

/** Each shop at a host of its own; hosts of the pattern come into being when first asked for. */
export interface HostedPlatform extends Plays {
  readonly pattern: RegExp;
  /** Origins for MOORING_ORIGIN_OVERRIDES; `*` stands for one label. */
  readonly origins: readonly string[];
  /** What all shops have in common beside their own hosts: a login, an API that is one for all. */
  readonly shared?: Pick<CentralPlatform, 'hosts' | 'shopKey' | 'answer'>;
  answerShop(sandbox: Sandbox, exchange: Exchange, shop: Shop): Answer | Promise<Answer>;
}

export type SimulatedPlatform = CentralPlatform | HostedPlatform;

export function isCentral(platform: SimulatedPlatform): platform is CentralPlatform {
  return 'hosts' in platform;
}
