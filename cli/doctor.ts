// mooring status and mooring doctor: how the fleet is, and what somebody must do about it.
import { dataOf } from '../client/index.ts';
import { allConnections, readDiagnosis, shopName } from './connections.ts';
import type { Context } from './context.ts';
import { findDataKeys } from './data-keys.ts';
import { plain, table } from './table.ts';

export async function status(context: Context): Promise<void> {
  const connections = await allConnections(context, {});
  const counts = new Map<string, number>();
  for (const { platform, state } of connections) {
    const name = `${platform} ${state}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const keys = await findDataKeys(context);
  const rows = [...counts].sort().map(([name, count]) => [...name.split(' '), String(count)]);
  context.print(
    {
      url: context.url,
      connections: connections.length,
      counts: Object.fromEntries(counts),
      ...(keys === null ? {} : { dataKeys: keys.dataKeys, dataKeysUnderFormer: keys.underFormer }),
    },
    () =>
      [
        `${context.url}: ${connections.length} connections`,
        table(['platform', 'state', 'connections'], rows, ''),
        ...(keys === null
          ? []
          : [`${keys.dataKeys} data keys, ${keys.underFormer} of them under a former key`]),
      ].join('\n'),
  );
}

interface Finding {
  readonly subject: string;
  readonly finding: string;
  readonly whoActs: string;
}

/** Exit code 1 when somebody must act. */
export async function doctor(context: Context): Promise<void> {
  const findings: Finding[] = [];
  const ready = await context.client.GET('/readyz');
  if (ready.error !== undefined) {
    findings.push({ subject: context.url, finding: ready.error.detail, whoActs: ready.error.actor });
  }
  const registrations = await dataOf(
    context.client.GET('/v1/client-registrations', { params: { query: { limit: 500 } } }),
  );
  for (const one of registrations.data.filter(({ health }) => health === 'rejected')) {
    findings.push({
      subject: one.id,
      finding: `${one.platform} refuses this client registration`,
      whoActs: 'vendor',
    });
  }
  for (const { keyId, dataKeys } of (await findDataKeys(context))?.former ?? []) {
    findings.push({
      subject: keyId,
      finding: `${dataKeys} data keys are still under this former key: mooring keys rotate`,
      whoActs: 'operator',
    });
  }
  const troubled = (await allConnections(context, {})).filter(({ state }) =>
    ['degraded', 'reauth_required', 'connecting'].includes(state),
  );
  for (const one of troubled) {
    const found = await readDiagnosis(context, one.id);
    findings.push({
      subject: `${plain(shopName(one))} (${one.id})`,
      finding: found.because,
      whoActs: found.actor,
    });
  }
  if (findings.length > 0) process.exitCode = 1;
  context.print(findings, (all) =>
    table(
      ['what', 'finding', 'who must act'],
      all.map((one) => [one.subject, one.finding, one.whoActs]),
      'All is well.',
    ),
  );
}
