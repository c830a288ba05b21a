// What a definition of a platform is held to: each row breaks one thing of a good one, and the finding names the field and the rule.
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkPlatform } from '../../platforms/check.ts';
import { CHECK_RULES } from '../../platforms/check-shape.ts';
import { PLATFORMS } from '../../platforms/index.ts';
import { checkModules, loadPlatforms } from '../../platforms/load.ts';
import { platform as kiosk } from '../cli/platforms/kiosk.ts';
import { broken, GOOD, ROWS } from './broken-definitions.ts';

describe('a definition', () => {
  test('that is good has no finding', () => {
    expect(checkPlatform(GOOD)).toEqual({ platform: GOOD, findings: [] });
    expect(checkPlatform(kiosk).findings).toEqual([]);
  });

  test.each(ROWS)('with %s is refused, by field and rule', (_why, place, value, field, rule) => {
    const { platform, findings } = checkPlatform(broken(place, value));
    expect(platform).toBeNull();
    expect(findings.map((one) => `${one.field} ${one.rule}`)).toContain(`${field} ${rule}`);
    for (const { because } of findings) expect(because).not.toBe('');
  });

  test('with several faults has all of them told', () => {
    const findings = checkPlatform({ ...GOOD, baseUrl: 'http://x.example', id: '1', colour: 'red' }).findings;
    expect(findings.map(({ rule }) => rule).sort()).toEqual(['bad_id', 'not_https', 'unknown_field']);
  });

  test.each([null, undefined, 7, 'shop', [], {}, { auth: [null], shop: [7], baseUrl: {} }])(
    'that is %j is refused, not crashed upon',
    (value) => {
      expect(checkPlatform(value).findings.length).toBeGreaterThan(0);
    },
  );

  test('that computes itself when it is read is refused, and nothing of it runs', () => {
    const loud = () => {
      throw new Error('was read');
    };
    const { auth, ...others } = GOOD;
    const changing = Object.defineProperty({ ...others }, 'baseUrl', { get: loud, enumerable: true });
    const deep = { ...others, auth: [Object.defineProperty({ ...auth[0] }, 'sign', { get: loud })] };
    const told = (value: unknown) => checkPlatform(value).findings.map(({ field, rule }) => [field, rule]);
    expect(told(changing)).toEqual([['baseUrl', 'wrong_type']]);
    expect(told(deep)).toEqual([['auth[0].sign', 'wrong_type']]);
    expect(told(new Proxy({}, { ownKeys: loud }))).toEqual([['', 'wrong_type']]);
    expect(
      told({ ...others, auth: [new Proxy({}, { getOwnPropertyDescriptor: loud, ownKeys: () => ['a'] })] }),
    ).toEqual([['', 'wrong_type']]);
  });

  test('that inherits fields is refused: the form sees its own alone, and a call would see them all', () => {
    const revoke = { token: { url: 'http://evil.example' } };
    const inheriting = Object.assign(Object.create({ revoke, hacked: 1 }), GOOD);
    expect(checkPlatform(inheriting).findings.map(({ field, rule }) => [field, rule])).toEqual([
      ['', 'wrong_type'],
    ]);
    expect(checkPlatform(Object.assign(Object.create(null), GOOD)).findings).toEqual([]);
  });

  test('none of its functions is called', () => {
    const loud = () => {
      throw new Error('was called');
    };
    const { orders } = GOOD.resources;
    const resources = { orders: { ...orders, request: loud, read: loud, map: loud, idOf: loud } };
    expect(checkPlatform({ ...GOOD, resources, proof: { request: loud, read: loud } }).findings).toEqual([]);
  });
});

describe('our own platforms', () => {
  test.each([...PLATFORMS.values()].map((platform) => [platform.id, platform] as const))(
    '%s passes',
    (_id, platform) => expect(checkPlatform(platform).findings).toEqual([]),
  );
});

describe('a folder of modules', () => {
  async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'mooring-platforms-'));
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    return folder;
  }
  const SIMPLE = `const none = () => null;
export const platform = { id: 'ID', name: 'N', certainty: 'vendor', documentation: 'https://n.example', shop: [],
  baseUrl: 'https://n.example', apiVersion: { name: '1', sunset: null }, needsRegistration: false,
  auth: [{ credentialKind: 'key', obtain: { kind: 'pasted', fields: [{ name: 'key', label: 'K', secret: true, help: 'h' }] },
    renew: { kind: 'none' }, sign: [{ scheme: 'header', name: 'x-key', value: '{key}' }], defaultLifetimeS: null }],
  proof: { request: none, read: none }, permissions: {}, answers: [], rateLimits: [], resources: {} };`;
  const simple = (id: string) => SIMPLE.replace('ID', id);

  test('adds its platforms to ours', async () => {
    const all = await loadPlatforms(await folderOf({ 'one.mjs': simple('one'), 'two.js': simple('two') }));
    expect([...all.keys()].slice(-2)).toEqual(['one', 'two']);
    expect(all.size).toBe(PLATFORMS.size + 2);
  });

  test('that is wrong stops the start, naming each file, field and rule', async () => {
    const folder = await folderOf({
      'http.mjs': simple('plain').replaceAll('https:', 'http:'),
      'none.mjs': 'export const shop = 1;',
      'broken.mjs': 'export const platform = {',
      'taken.mjs': simple([...PLATFORMS.keys()][0] ?? ''),
      'twice-a.mjs': simple('twice'),
      'twice-b.mjs': simple('twice'),
      'notes.md': 'not a module',
    });
    const modules = await checkModules(folder);
    expect(
      modules.flatMap(({ file, findings }) => findings.map(({ field, rule }) => `${file} ${field} ${rule}`)),
    ).toEqual([
      'broken.mjs  module_fails',
      'http.mjs documentation not_https',
      'http.mjs baseUrl not_https',
      'none.mjs  no_platform',
      'taken.mjs id duplicate_id',
      'twice-b.mjs id duplicate_id',
    ]);
    await expect(loadPlatforms(folder)).rejects.toMatchObject({
      code: 'invalid_settings',
      message: expect.stringContaining('http.mjs: baseUrl: not_https: "http://n.example" is not https'),
    });
  });

  test.each(['test/cli/platforms', 'test/sync/platforms', 'scripts/bench/platforms'])(
    'of this repository passes: %s',
    async (folder) => {
      const modules = await checkModules(folder);
      expect(modules.flatMap(({ findings }) => findings)).toEqual([]);
      expect(modules.length).toBeGreaterThan(0);
    },
  );

  test('with a module that waits for ever, or throws what is no error, says so of each', async () => {
    const folder = await folderOf({
      'never.mjs': 'await new Promise(() => undefined); export const platform = {};',
      'odd.mjs': 'throw Object.create(null);',
      'two.mts': simple('two'),
    });
    const modules = await checkModules(folder, { loadsWithinMs: 200 });
    expect(modules.map(({ file, findings }) => [file, ...findings.map(({ because }) => because)])).toEqual([
      ['never.mjs', expect.stringContaining('not done after 200 ms')],
      ['odd.mjs', expect.stringContaining('what is no error')],
      ['two.mts'],
    ]);
  });

  test('that is not there stops the start', async () => {
    await expect(loadPlatforms('/nowhere/at/all')).rejects.toMatchObject({ code: 'invalid_settings' });
  });

  test('every rule has a row here', () => {
    const rules = [...ROWS.map(([, , , , rule]) => rule), 'no_platform', 'module_fails', 'duplicate_id'];
    expect(Object.keys(CHECK_RULES).filter((rule) => !rules.includes(rule))).toEqual([]);
  });
});
