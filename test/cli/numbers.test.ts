import { expect, test } from 'vitest';
import { here } from './local-command.ts';

/** Where nobody listens: what is asked of it fails with 1, what is refused before with 2. */
const NOWHERE = ['--url', 'http://127.0.0.1:1', '--key', 'none'];
const ROTATE = ['endpoints', 'rotate', 'end_00000000000000000000000000'];
const PLAN = ['fleet', 'plan', 'api_version'];

test.each([
  [ROTATE, '--overlap', '300'],
  [['deliveries', 'list'], '--limit', '5'],
  ...['--canary', '--canary-wait', '--batch', '--concurrency', '--per-minute'].map(
    (option) => [PLAN, option, '20'] as const,
  ),
] as const)('%j %s takes a whole number and nothing else', async (command, option, good) => {
  for (const text of ['', ' ', '-1', '1.5', '1e3', '0x10', 'many', '1 2', '9'.repeat(10)]) {
    const { code, err } = await here(...NOWHERE, ...command, `${option}=${text}`);
    expect({ code, err }).toEqual({ code: 2, err: `${option} "${text}" is no whole number such as 300\n` });
  }
  expect(await here(...NOWHERE, ...command, option, good)).toMatchObject({ code: 1 });
});

test('a rate is a number from 0 to 1', async () => {
  for (const text of ['', ' ', '-0.1', '1.1', '5%', '.', '1e-1']) {
    const { code, err } = await here(...NOWHERE, ...PLAN, `--max-error-rate=${text}`);
    expect([code, err]).toEqual([2, `--max-error-rate "${text}" is no number from 0 to 1 such as 0.05\n`]);
  }
  for (const text of ['0', '1', '0.05'])
    expect(await here(...NOWHERE, ...PLAN, '--max-error-rate', text)).toMatchObject({ code: 1 });
});
