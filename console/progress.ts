// How far a sync run is, resource by resource. Pure; what a run does not tell is 0 or null.

export interface ResourceProgress {
  readonly resource: string;
  readonly mode: string | null;
  readonly pages: number;
  readonly seen: number;
  readonly written: number;
  readonly unchanged: number;
  readonly deleted: number;
  readonly setAside: number;
  /** How many the platform says there are; null where it does not say, or said less than came. */
  readonly total: number | null;
  readonly isDone: boolean;
}

export function progressOf(progress: Readonly<Record<string, unknown>>): readonly ResourceProgress[] {
  return Object.entries(progress).flatMap(([resource, told]) => {
    if (typeof told !== 'object' || told === null) return [];
    const facts = new Map<string, unknown>(Object.entries(told));
    const number = (name: string) => {
      const value = facts.get(name);
      return typeof value === 'number' ? value : 0;
    };
    const mode = facts.get('mode');
    const seen = number('seen');
    const total = number('total');
    return [
      {
        resource,
        mode: typeof mode === 'string' ? mode : null,
        pages: number('pages'),
        seen,
        written: number('written'),
        unchanged: number('unchanged'),
        deleted: number('deleted'),
        setAside: number('setAside'),
        total: total > 0 && total >= seen ? total : null,
        isDone: facts.get('done') === true,
      },
    ];
  });
}

/** Between 0 and 1; null where nobody can say. */
export function shareOf({ isDone, seen, total }: ResourceProgress): number | null {
  if (isDone) return 1;
  return total === null ? null : seen / total;
}
