// What a proof keeps of a shop: only what was told. Pure.

/** The facts that are there. */
export function factsOf(
  told: Readonly<Record<string, string | null | undefined>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(told).flatMap(([name, value]) =>
      value === null || value === undefined || value === '' ? [] : [[name, value] as const],
    ),
  );
}
