// The pages that show commands do what they show; what they do with the real thing they do with the sandbox here (and with a real Medusa in test/real).
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shopWith, startWorld, type World } from '../sandbox/calling.ts';
import { readersFolder, runPage } from './blocks.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

describe('a page of the docs is run as it stands', { timeout: 120_000 }, () => {
  it('docs/cli.md', async () => {
    expect(await runPage('docs/cli.md', readersFolder('work'))).toBeGreaterThan(10);
  });

  it('docs/how-to/add-a-platform.md, to a call and a page of customers', async () => {
    const wish = { platform: 'medusa', host: 'shop.medusa.example', customers: 7 };
    const { credential } = await shopWith(world, wish);
    const reader = readersFolder('my-platforms');
    await writeFile(
      join(reader, 'real.json'),
      JSON.stringify({ credential: { apiKey: credential.secret_key } }),
    );
    const env = { MOORING_ORIGIN_OVERRIDES: JSON.stringify({ 'https://shop.medusa.example': world.url }) };
    const count = await runPage('docs/how-to/add-a-platform.md', reader, { real: true, env });
    expect(count).toBeGreaterThan(3);
    const { json } = await world.control('/requests?path=admin');
    expect(json.data.map((one: { path: string; status: number }) => [one.path, one.status])).toEqual([
      ['/admin/stores', 200],
      ['/admin/customers', 200],
    ]);
  });
});
