// A page of a list in the order of a key: what comes after it, and how many.

export interface PageAfter {
  readonly after: string | null;
  readonly limit: number;
}
