// mooring platforms list and show: what can be connected, and how, by the data of this machine: ours, and those of MOORING_PLATFORMS.
import { PERMISSIONS, RESOURCES } from '../domain/resource.ts';
import { knownPlatform, knownPlatforms } from './known-platforms.ts';
import { table } from './table.ts';

interface Output {
  readonly json?: boolean;
}

export async function listKnown({ json }: Output): Promise<void> {
  const platforms = [...(await knownPlatforms()).values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  const rows = platforms.map((one) => ({
    id: one.id,
    name: one.name,
    obtain: [...new Set(one.auth.map(({ obtain }) => obtain.kind))],
    sign: [...new Set(one.auth.flatMap(({ sign }) => sign.map(({ scheme }) => scheme)))],
    shop: one.shop.map(({ name }) => name),
    resources: RESOURCES.filter((resource) => one.resources[resource] !== undefined),
    facts: one.certainty,
  }));
  if (json === true) {
    console.log(JSON.stringify(rows, null, 2));
    return;
  }
  const cells = rows.map(({ id, obtain, sign, shop, resources, facts }) => [
    id,
    obtain.join(', '),
    sign.join(', '),
    shop.join(', '),
    resources.join(', '),
    facts,
  ]);
  console.log(
    table(['platform', 'obtained by', 'on a request', 'shop fields', 'resources', 'facts'], cells, ''),
  );
}

export async function showKnown(id: string, { json }: Output): Promise<void> {
  const platform = await knownPlatform(id);
  if (json === true) {
    // Functions are no data.
    console.log(JSON.stringify(platform, null, 2));
    return;
  }
  const lines = [
    `${platform.name} (${platform.id}), API ${platform.apiVersion.name}, facts: ${platform.certainty}`,
    platform.documentation,
    '',
    table(
      ['shop field', 'example', 'help'],
      platform.shop.map(({ name, example, help }) => [name, example, help]),
      'No shop field: the credential tells the shop.',
    ),
    table(
      ['credential', 'obtained by', 'renewed by', 'on a request', 'fields'],
      platform.auth.map(({ credentialKind, obtain, renew, sign }) => [
        credentialKind,
        obtain.kind,
        renew.kind,
        sign.map(({ scheme }) => scheme).join(', '),
        'fields' in obtain ? obtain.fields.map(({ name }) => name).join(', ') : '–',
      ]),
      '',
    ),
    table(
      ['permission', 'scopes'],
      PERMISSIONS.flatMap((one) => {
        const scopes = platform.permissions[one];
        return scopes === undefined ? [] : [[one, scopes.join(', ') || '–']];
      }),
      'No permission is offered.',
    ),
    `Resources: ${RESOURCES.filter((one) => platform.resources[one] !== undefined).join(', ') || 'none'}.`,
    ...(platform.unsupported ?? []).map((text) => `Not supported: ${text}`),
    ...(platform.unverified ?? []).map((text) => `Unverified: ${text}`),
  ];
  console.log(lines.join('\n'));
}
