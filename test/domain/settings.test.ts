import { expect, test } from 'vitest';
import { MooringError } from '../../domain/errors.ts';
import { readSettings } from '../../domain/settings.ts';

const GOOD = { DATABASE_URL: 'postgresql://u:p@127.0.0.1:5432/mooring', MOORING_KEK: `${'A'.repeat(43)}=` };

test('the least that is needed is a database and a key-encrypting key', () => {
  expect(readSettings(GOOD)).toMatchObject({
    port: 3000,
    isProduction: false,
    publicUrl: 'http://127.0.0.1:3000',
  });
});

test('every wrong value is listed at once, and no value is repeated', () => {
  const wrong = {
    DATABASE_URL: 'mysql://secret-host/x',
    MOORING_KEK: 'c2hvcnQ=',
    PORT: '99999',
    LOG_LEVEL: 'loud',
    MOORING_ALLOW_PRIVATE_NETWORKS: 'yes',
    MOORING_RETURN_ORIGINS: 'not a url',
  };
  let error: unknown;
  try {
    readSettings(wrong);
  } catch (caught) {
    error = caught;
  }
  if (!(error instanceof MooringError)) throw new Error('it was accepted');
  expect(error.code).toBe('invalid_settings');
  expect(error.fields.map((field) => field.path).sort()).toEqual(Object.keys(wrong).sort());
  for (const value of ['secret-host', 'c2hvcnQ=', '99999', 'loud'])
    expect(error.message).not.toContain(value);
});

test('the key-encrypting keys are given newest first, or as a file', () => {
  const other = `${'B'.repeat(43)}=`;
  expect(readSettings({ ...GOOD, MOORING_KEK_FORMER: ` ${other}, ` }).keyEncryptingKeys).toEqual([
    GOOD.MOORING_KEK,
    other,
  ]);
  const { MOORING_KEK: _, ...rest } = GOOD;
  expect(readSettings({ ...rest, MOORING_KEK_FILE: '/run/kek' })).toMatchObject({
    keyEncryptingKeys: [],
    keyFile: '/run/kek',
  });
  expect(() => readSettings({ ...GOOD, MOORING_KEK_FILE: '/run/kek' })).toThrow(/"MOORING_KEK" must not/);
  expect(() => readSettings({ ...GOOD, MOORING_KEK_FORMER: 'c2hvcnQ=' })).toThrow(/MOORING_KEK_FORMER/);
});

test.each([
  [
    'overrides of origins',
    { MOORING_ORIGIN_OVERRIDES: '{"https://a.example":"http://127.0.0.1:1"}' },
    'MOORING_ORIGIN_OVERRIDES',
  ],
  ['private networks', { MOORING_ALLOW_PRIVATE_NETWORKS: 'true' }, 'MOORING_ALLOW_PRIVATE_NETWORKS'],
  ['a public address without TLS', { MOORING_PUBLIC_URL: 'http://mooring.example' }, 'MOORING_PUBLIC_URL'],
])('production refuses %s', (_what, extra, name) => {
  const env = { ...GOOD, MOORING_PUBLIC_URL: 'https://mooring.example', NODE_ENV: 'production' };
  expect(readSettings(env).isProduction).toBe(true);
  expect(() => readSettings({ ...env, ...extra })).toThrow(new RegExp(name));
});
