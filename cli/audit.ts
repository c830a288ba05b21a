// mooring audit verify: whether the trail is whole. Exit code 1 when it is not.
import { dataOf } from '../client/index.ts';
import type { Context } from './context.ts';

export async function auditVerify(context: Context): Promise<void> {
  const verdict = await dataOf(context.client.GET('/v1/audit/verify'));
  if (!verdict.intact) process.exitCode = 1;
  context.print(verdict, (one) =>
    one.intact
      ? `The audit trail is whole: ${one.linked} rows linked, ${one.waiting} waiting.`
      : `The audit trail is BROKEN at position ${one.position} (${one.auditId ?? 'row missing'}): ${one.because}`,
  );
}
