// One approval that is good for several shops, as data: split into one Connection a shop, or kept as one with its markets.
import type { Certainty } from './platform.ts';
import type { TokenRequest } from './platform-token.ts';

export type SeveralShops = SplitShops | SharedMarkets;

/** One Connection a shop, each with a credential of its own. */
export interface SplitShops {
  readonly kind: 'split';
  /** Parameter of the granting step that says the approval is for several shops; without it it is for one. */
  readonly when: string;
  /** Turns the approval into what each shop's own credential is obtained with. Its answer is read as the method's own, or by its `answer`. */
  readonly token: TokenRequest;
  /** Where that answer lists the shops, and the shop field that an entry is. */
  readonly list: { readonly path: string; readonly shopField: string };
  /**
   * Once a shop, over the parts of the first answer and the shop's own fields. What it answers must bring a refresh token of its own where the
   * method renews by one: two connections never share one.
   */
  readonly perShop: TokenRequest;
  readonly certainty: Certainty;
}

/** One Connection for all markets that the token answer lists: texts, or objects with the name at `name`. A proof may tell them instead. */
export interface SharedMarkets {
  readonly kind: 'markets';
  readonly list: { readonly path: string; readonly name?: string };
}
