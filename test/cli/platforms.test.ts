// Platforms of a vendor's own, from nothing to a real call: new, check, its own test, try.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesOf, here, mooring } from './local-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'mooring-own-'));
const KEY = 'key-of-the-corner-shop';

describe('mooring platforms', () => {
  it('as a process: lists ours and those of a folder, without an API', async () => {
    const own = join('test', 'cli', 'platforms');
    const ran = await mooring(['platforms', '--json'], { env: { MOORING_PLATFORMS: own } });
    expect(ran.code, ran.err).toBe(0);
    const ids = JSON.parse(ran.out).map(({ id }: { id: string }) => id);
    expect(ids).toEqual(expect.arrayContaining(['kiosk', 'shopify']));
  });

  it('shows one, and says which there are when there is no such', async () => {
    expect((await here('platforms', 'show', 'shopify')).out).toContain('read_orders');
    const shown = JSON.parse((await here('platforms', 'show', 'shopify', '--json')).out);
    expect(shown.auth[0].credentialKind).toBe('offline_token');
    expect((await here('platforms', 'show', 'nowhere')).code).toBe(2);
  });

  it('writes one that passes its check and its own test, and maps its fixtures', async () => {
    const made = await here('platforms', 'new', 'corner', '--folder', folder);
    expect(made.code, made.err).toBe(0);
    expect(await here('platforms', 'check', folder)).toMatchObject({ code: 0, out: '1 of 1 pass: corner\n' });
    const tried = await here('platforms', 'try', folder, '--json');
    expect(JSON.parse(tried.out)).toMatchObject([
      { what: 'fixture proof', isGood: true, outcome: 'shop shop-1, A shop' },
      { what: 'fixture orders', isGood: true, records: [{ platformId: 'o-1' }] },
    ]);
    const test = join(folder, 'test', 'corner.test.ts');
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', '--test', test], {
      env: { PATH: process.env['PATH'] ?? '' },
    });
    expect(stdout).toMatch(/pass 3[\s\S]*fail 0/);
  }, 60_000);

  it('as a process: what it wrote outside the checkout loads, and without its package.json says what is missing', async () => {
    const own = mkdtempSync(join(tmpdir(), 'mooring-own-'));
    expect((await mooring(['platforms', 'new', 'corner', '--folder', own])).code).toBe(0);
    expect((await mooring(['platforms', 'check', own])).out).toBe('1 of 1 pass: corner\n');
    rmSync(join(own, 'package.json'));
    const refused = await mooring(['platforms', 'check', own]);
    expect(refused.code).toBe(1);
    expect(refused.out).toContain('corner.ts: (module): module_fails: ');
    expect(refused.out).toContain('needs a package.json with "type": "module"');
  }, 60_000);

  it('writes over nothing, and takes no id that is none or ours', async () => {
    expect((await here('platforms', 'new', 'corner', '--folder', folder)).err).toContain(
      'nothing was written',
    );
    expect((await here('platforms', 'new', '../corner', '--folder', folder)).code).toBe(2);
    expect((await here('platforms', 'new', 'shopify', '--folder', folder)).err).toContain('already');
  });

  it('prints every finding as file: field: rule, and ends with 1', async () => {
    const file = filesOf({
      'bad.mjs':
        "export const platform = { id: 'Bad', baseUrl: 'http://x.example', auth: [{ sign: [{ scheme: 'rot13' }] }] };",
    });
    const ran = await here('platforms', 'check', join(file('bad.mjs'), '..'));
    expect(ran.code).toBe(1);
    expect(ran.out).toContain('bad.mjs: auth[0].sign[0].scheme: unknown_scheme: ');
    expect(ran.out).toContain('bad.mjs: name: missing: ');
    expect(ran.out).toMatch(/0 of 1 pass\n$/);
  });

  it('tells a fixture that no longer gives what was expected, and an item that does not map', async () => {
    const own = mkdtempSync(join(tmpdir(), 'mooring-own-'));
    await here('platforms', 'new', 'corner', '--folder', own);
    const path = join(own, 'fixtures', 'corner', 'orders.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"12.30"', '"12,30"'));
    const ran = await here('platforms', 'try', own);
    expect(ran.code).toBe(1);
    expect(ran.out).toContain('set aside: o-1');
  });
});

describe('mooring platforms try, for real', () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.headers.host} ${request.method} ${request.url}`);
    const isKnown = request.headers.authorization === `Bearer ${KEY}`;
    const order = { id: 'o-7', currency: 'EUR', total: '7.00', email: `${KEY}@leak.example`, items: [] };
    const body = request.url?.includes('/orders')
      ? {
          orders: [{ ...order, created_at: '2026-11-20T09:00:00Z', updated_at: '2026-11-20T09:00:00Z' }],
          next: 'n2',
        }
      : { shop: { id: 's-1', name: 'Corner' } };
    response.writeHead(isKnown ? 200 : 401, { 'content-type': 'application/json' });
    response.end(JSON.stringify(isKnown ? body : { error: 'no' }));
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address() as AddressInfo;
    const override = { 'https://shop.example': `http://127.0.0.1:${address.port}` };
    process.env['MOORING_ORIGIN_OVERRIDES'] = JSON.stringify(override);
  });
  afterAll(() => {
    delete process.env['MOORING_ORIGIN_OVERRIDES'];
    server.close();
  });
  const credentials = (apiKey: string) => {
    const file = filesOf({ 'credential.json': JSON.stringify({ credential: { apiKey } }) });
    return ['--credential-file', file('credential.json'), '--shop', 'url=https://shop.example'];
  };

  it('makes the proof call, reads a page of each resource, and shows what came without the secret', async () => {
    const ran = await here('platforms', 'try', folder, ...credentials(KEY), '--records');
    expect(ran.code, ran.out + ran.err).toBe(0);
    expect(ran.out).toContain('shop s-1, Corner');
    expect(ran.out).toContain('1 items, 1 records; more pages follow');
    expect(ran.out).toContain('[secret]@leak.example');
    expect(ran.out).not.toContain(KEY);
    expect(asked).toEqual([
      'shop.example GET /api/shop',
      expect.stringContaining('shop.example GET /api/orders?limit=50'),
    ]);
  });

  it('says what a key that is not taken came to, and ends with 1', async () => {
    const ran = await here('platforms', 'try', folder, ...credentials('another-key'));
    expect(ran.code).toBe(1);
    expect(ran.out).toContain('credential_dead');
  });
});
