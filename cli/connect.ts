// mooring connect: a link for a merchant, or a connection by a pasted credential. A secret is asked for, never taken as an argument.
import { createInterface } from 'node:readline/promises';
import { type components, dataOf } from '../client/index.ts';
import { connectionTable } from './connections.ts';
import type { Context } from './context.ts';
import { minute } from './table.ts';

type Permissions = NonNullable<components['schemas']['NewConnection']['permissions']>;

export interface ConnectOptions {
  readonly tenant: string;
  readonly platform?: string;
  readonly shop?: readonly string[];
  readonly credential?: readonly string[];
  readonly permissions?: Permissions;
  readonly connection?: string;
}

export async function connect(context: Context, options: ConnectOptions): Promise<void> {
  const { tenant: tenantId, platform, permissions, connection: connectionId } = options;
  const asked = permissions === undefined ? {} : { permissions };
  if (platform !== undefined && options.credential !== undefined) {
    const body = {
      tenantId,
      platform,
      shop: pairs(options.shop ?? []),
      credential: await secrets(options.credential),
      ...asked,
    };
    context.print(await dataOf(context.client.POST('/v1/connections', { body })), (one) =>
      connectionTable([one]),
    );
    return;
  }
  const body = {
    tenantId,
    ...(platform === undefined ? {} : { platform }),
    ...(connectionId === undefined ? {} : { connectionId }),
    ...asked,
  };
  const session = await dataOf(context.client.POST('/v1/connect-sessions', { body }));
  context.print(
    session,
    ({ url, expiresAt }) => `Give this link to the merchant (until ${minute(expiresAt)} UTC):\n${url}`,
  );
}

function pairs(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw new Error(`"${text}" must be name=value`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}

async function secrets(names: readonly string[]): Promise<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const name of names) {
    if (name.includes('='))
      throw new Error(
        `Give the name "${name.split('=', 1)[0]}" alone: arguments can be seen by others on this machine.`,
      );
    const fromEnvironment =
      process.env[`MOORING_CREDENTIAL_${name.replaceAll(/([A-Z])/g, '_$1').toUpperCase()}`];
    values[name] = fromEnvironment ?? (await ask(`${name}: `));
  }
  return values;
}

async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await lines.question(question)).trim();
  } finally {
    lines.close();
  }
}
