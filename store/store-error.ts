// Tells a database that cannot be reached from a statement that is wrong. The first becomes `store_unavailable`, which callers
// retry; the rest passes unchanged.
import { MooringError } from '../domain/errors.ts';

/** Socket errors of Node, SQLSTATE 08 (connection), 53300 (too many) and 57P (shutting down), and Prisma's codes for the same. */
const UNREACHABLE =
  /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_|EHOST|08|53300|57P|P1001|P1002|P1008|P1017|P2024)/;
const UNREACHABLE_MESSAGE =
  /Connection terminated|connection error and is not queryable|timeout exceeded when trying to connect|Unable to start a transaction in the given time|Client was closed/;

/** The error to throw in place of this one. */
export function toStoreError(error: unknown): unknown {
  if (error instanceof MooringError || !(error instanceof Error)) return error;
  if (!isUnreachable(error)) return error;
  return new MooringError('store_unavailable', 'the database cannot be reached', { cause: error });
}

/** The SQLSTATE of a failed statement, whether pg or Prisma reports it. */
export function sqlStateOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const own = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  if (own !== undefined && /^[0-9A-Z]{5}$/.test(own) && !own.startsWith('P')) return own;
  const meta = 'meta' in error && typeof error.meta === 'object' ? JSON.stringify(error.meta) : '';
  return /"(?:original)?[cC]ode":"([0-9A-Z]{5})"/.exec(meta)?.[1] ?? own;
}

function isUnreachable(error: Error): boolean {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return (
    UNREACHABLE.test(code) ||
    UNREACHABLE.test(sqlStateOf(error) ?? '') ||
    UNREACHABLE_MESSAGE.test(error.message)
  );
}
