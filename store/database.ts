// The way into PostgreSQL. Every query runs in a transaction under one of two roles that row-level security binds: a tenant's,
// which sees that tenant's rows alone, or the system's. Nothing may query on the pool itself: its login could see everything.
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { MooringError } from '../domain/errors.ts';
import type { TenantId } from '../domain/ids.ts';
import { type Prisma, PrismaClient } from './generated/client.ts';
import { listenOn } from './listen.ts';
import { toStoreError } from './store-error.ts';

/** Prisma's client inside a transaction. */
export type Tx = Prisma.TransactionClient;
/** A plain connection inside a transaction, for hot paths and for statements Prisma cannot say. */
export type Sql = pg.PoolClient;

/** The part of pino's logger that is used here. */
export interface StoreLog {
  warn(fields: object, message: string): void;
}

export interface Database {
  /** Runs `fn` in one transaction that sees the rows of this tenant alone. */
  inTenant<T>(tenantId: TenantId, fn: (tx: Tx) => Promise<T>): Promise<T>;
  /** Runs `fn` in one transaction that sees all rows: key look-ups, the sweep, an operator's lists. */
  acrossTenants<T>(fn: (tx: Tx) => Promise<T>): Promise<T>;
  sqlInTenant<T>(tenantId: TenantId, fn: (sql: Sql) => Promise<T>): Promise<T>;
  sqlAcrossTenants<T>(fn: (sql: Sql) => Promise<T>): Promise<T>;
  /** Calls `on` for each notification until the returned function is called. Some are missed while it reconnects: poll behind it. */
  listen(channel: string, on: (payload: string) => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly url: string;
  /** Connections shared by Prisma and plain queries; each listener has one more. */
  readonly poolSize: number;
  readonly log?: StoreLog;
}

const CONNECT_TIMEOUT_MS = 10_000;
const TRANSACTION_TIMEOUT_MS = 30_000;
const TENANT_FORM = /^ten_[0-9a-z_]+$/;

/** Opens the pool; nothing is sent until the first query. Whoever opens it closes it. Failures to connect are `store_unavailable`. */
export function openDatabase(options: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.poolSize,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    application_name: 'mooring',
  });
  // An idle connection that breaks is replaced at its next use; without a listener it would end the process.
  pool.on('error', (error) => options.log?.warn({ error: error.message }, 'idle database connection lost'));
  const prisma = new PrismaClient({
    adapter: new PrismaPg(pool, { disposeExternalPool: false }),
    errorFormat: 'minimal',
  });
  const listeners = new Set<() => Promise<void>>();

  return {
    inTenant: (tenantId, fn) => prismaTransaction(prisma, 'mooring_tenant', checkedTenant(tenantId), fn),
    acrossTenants: (fn) => prismaTransaction(prisma, 'mooring_system', '', fn),
    sqlInTenant: (tenantId, fn) => sqlTransaction(pool, 'mooring_tenant', checkedTenant(tenantId), fn),
    sqlAcrossTenants: (fn) => sqlTransaction(pool, 'mooring_system', '', fn),
    listen: async (channel, on) => {
      const stop = await listenOn({ url: options.url, channel, on, log: options.log });
      listeners.add(stop);
      return async () => {
        listeners.delete(stop);
        await stop();
      };
    },
    close: async () => {
      await Promise.all([...listeners].map((stop) => stop()));
      await prisma.$disconnect();
      await pool.end();
    },
  };
}

/** The tenant's id becomes part of a statement's text, so its form is tested here whatever the caller did. */
function checkedTenant(tenantId: TenantId): TenantId {
  if (!TENANT_FORM.test(tenantId)) throw new MooringError('not_found', `"${tenantId}" is not a tenant's id`);
  return tenantId;
}

async function prismaTransaction<T>(
  prisma: PrismaClient,
  role: string,
  tenant: string,
  fn: (tx: Tx) => Promise<T>,
): Promise<T> {
  try {
    return await prisma.$transaction(
      async (tx) => {
        await tx.$queryRaw`SELECT set_config('role', ${role}, true), set_config('app.tenant', ${tenant}, true)`;
        return await fn(tx);
      },
      { maxWait: CONNECT_TIMEOUT_MS, timeout: TRANSACTION_TIMEOUT_MS },
    );
  } catch (error) {
    throw toStoreError(error);
  }
}

async function sqlTransaction<T>(
  pool: pg.Pool,
  role: string,
  tenant: string,
  fn: (sql: Sql) => Promise<T>,
): Promise<T> {
  const sql = await pool.connect().catch((error: unknown) => {
    throw toStoreError(error);
  });
  // A connection that breaks while checked out emits `error` besides failing its query; the query tells the caller.
  sql.on('error', ignore);
  let broken = false;
  try {
    // One message: begin, role and tenant cost no round trip of their own.
    await sql.query(`BEGIN; SET LOCAL ROLE ${role}; SET LOCAL app.tenant = '${tenant}'`);
    const result = await fn(sql);
    const end = await sql.query('COMMIT');
    // PostgreSQL answers COMMIT with ROLLBACK when a statement failed and the caller went on: that is no success.
    if (end.command !== 'COMMIT')
      throw new MooringError('internal', 'the transaction had failed and was rolled back');
    return result;
  } catch (error) {
    await sql.query('ROLLBACK').catch(() => {
      broken = true;
    });
    throw toStoreError(error);
  } finally {
    sql.off('error', ignore);
    sql.release(broken);
  }
}

function ignore(): void {}
