// The connection's workflow with one step more at its beginning: what a careless change looks like to a history.
import { sleep } from '@temporalio/workflow';
import { connection as unchanged } from '../../workflows/connection.ts';
import type { ConnectionInput } from '../../workflows/messages.ts';

export async function connection(input: ConnectionInput): Promise<void> {
  await sleep(1_000);
  await unchanged(input);
}
