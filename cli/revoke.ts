// mooring revoke: shows what a revocation takes along, asks, and acts.
import { dataOf, type RevocationPlan } from '../client/index.ts';
import { isConfirmed } from './confirm.ts';
import type { Context } from './context.ts';
import { minute } from './table.ts';

export interface RevokeOptions {
  readonly yes?: boolean;
  readonly now?: boolean;
  readonly erase?: boolean;
}

export async function revoke(context: Context, id: string, options: RevokeOptions): Promise<void> {
  const path = { id };
  const plan = await dataOf(context.client.GET('/v1/connections/{id}/revocation', { params: { path } }));
  if (!context.isJson) console.error(planText(plan, options));
  if (options.yes !== true && !(await isConfirmed('Revoke?'))) {
    console.error('Nothing was done.');
    process.exitCode = 1;
    return;
  }
  // The query is text on the wire; the API reads these words.
  const query = {
    upstream: options.now === true ? 'false' : 'true',
    erase: options.erase === true ? 'true' : 'false',
  };
  const done = await dataOf(context.client.DELETE('/v1/connections/{id}', { params: { path, query } }));
  context.print(
    { plan, connection: done },
    () => `${id} is ${done.state}: nothing uses its credential any more.`,
  );
}

function planText(plan: RevocationPlan, options: RevokeOptions): string {
  const secrets = plan.secretsDestroyed.map((one) => `${one.kind} (${one.generations})`).join(', ');
  const records = plan.records.kept.map((one) => `${one.count} ${one.resource}`).join(', ');
  return [
    `Revoking ${plan.connectionId} will`,
    `  stop runs        ${plan.runsThatStop.map((one) => one.runId).join(', ') || 'none'}`,
    `  destroy secrets  ${secrets || 'none'}`,
    `  at the platform  ${options.now === true ? 'not asked' : plan.upstream === 'asked' ? 'the grant is ended' : 'nothing can be done by us'}`,
    `  write events     ${plan.alerts.join(', ')}`,
    `  records          ${records || 'none'}${options.erase === true ? ', deleted' : `, kept until ${minute(plan.records.until)}`}`,
  ].join('\n');
}
