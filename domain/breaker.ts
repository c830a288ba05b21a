// When a platform's connections fail together, the fault is not theirs.
export interface Scales {
  readonly failing: number;
  readonly total: number;
}

/** More than 20 % of a platform's live connections, and at least five. */
export function isTooMany({ failing, total }: Scales): boolean {
  return failing >= 5 && failing > total * 0.2;
}
