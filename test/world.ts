// The real surroundings of a test: a database of its own, Temporal, and a clock that can skip. Whoever makes something closes it.

import { randomBytes } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { NativeConnection } from '@temporalio/worker';
import Long from 'long';
import pg from 'pg';
import { inject } from 'vitest';
import { type Database, openDatabase } from '../store/database.ts';
import { calmUpdates } from './calm-updates.ts';

export interface TestDatabase {
  readonly url: string;
  readonly db: Database;
  /** As the cluster's owner, past row-level security: for looking at what a test left, never for the product's own steps. */
  readonly owner: pg.Pool;
  close(): Promise<void>;
}

/** A migrated database of this test file's own. */
export async function createTestDatabase(options: { poolSize?: number } = {}): Promise<TestDatabase> {
  const admin = new URL(inject('postgresUrl'));
  const name = `test_${randomBytes(8).toString('hex')}`;
  await asAdmin(`CREATE DATABASE ${name} TEMPLATE ${inject('templateDatabase')}`);
  admin.pathname = `/${name}`;
  const url = admin.href;
  const owner = new pg.Pool({ connectionString: url, max: 4 });
  // Dropped by force, the database may end a connection that has said good-bye already; without a listener that would fail the run.
  owner.on('error', () => undefined);
  const db = openDatabase({ url, poolSize: options.poolSize ?? 8 });
  return {
    url,
    db,
    owner,
    close: async () => {
      await db.close();
      await owner.end();
      await asAdmin(`DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

async function asAdmin(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('postgresUrl') });
  await client.connect();
  try {
    // CREATE DATABASE refuses while another one copies the same template.
    await client.query('SELECT pg_advisory_lock(1)');
    await client.query(sql);
  } finally {
    await client.end();
  }
}

export interface TestTemporal {
  readonly client: Client;
  readonly connection: NativeConnection;
  readonly address: string;
  /** A namespace of this test file's own. */
  readonly namespace: string;
  close(): Promise<void>;
}

/** The dev server (schedules, visibility, real time), in a namespace of this test file's own. */
export async function connectTemporal(address = inject('temporalAddress')): Promise<TestTemporal> {
  const namespace = `test-${randomBytes(6).toString('hex')}`;
  const connection = await Connection.connect({ address });
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: Long.fromNumber(86_400) },
  });
  const { registerSearchAttributes } = await import('../scripts/stack/temporal.ts');
  await registerSearchAttributes({ connection: { address }, namespace });
  const native = await NativeConnection.connect({ address });
  return {
    client: new Client({ connection, namespace }),
    connection: native,
    address,
    namespace,
    close: async () => {
      await connection.close();
      await native.close();
    },
  };
}

/** A Temporal whose clock skips to the next timer. It has no schedules, no lists and no search attributes. */
export async function startTimeSkipping(): Promise<TestWorkflowEnvironment> {
  const env: TestWorkflowEnvironment = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: inject('timeSkippingServer') } },
    client: { interceptors: { workflow: [calmUpdates(() => env.client)] } },
  });
  return env;
}

/** Waits until `condition` gives a truthy value, and gives it; throws after `withinMs` with what it waited for. Asks ever less often, so that waiting leaves the machine to what is waited for. */
export async function until<T>(
  what: string,
  condition: () => Promise<T | null | undefined | false>,
  withinMs = 30_000,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (let pauseMs = 10; ; pauseMs = Math.min(pauseMs * 1.5, 250)) {
    const value = await condition();
    if (value !== null && value !== undefined && value !== false) return value;
    if (Date.now() > deadline) throw new Error(`waited ${withinMs} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
