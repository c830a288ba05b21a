// The sandbox as a command of its own.
import { spawn } from 'node:child_process';
import { afterAll, describe, expect, it } from 'vitest';
import { PLATFORM_NAMES } from '../../sandbox/state.ts';
import { startWorld } from './calling.ts';

const stops: (() => Promise<void>)[] = [];
afterAll(() => Promise.all(stops.map((stop) => stop())));

/** The command's output until it says where it is, or its end. */
async function run(...options: string[]): Promise<{ text: string; code: number | null; url: string }> {
  const child = spawn(process.execPath, ['scripts/run.mjs', 'sandbox/main.ts', ...options]);
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  stops.push(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  let text = '';
  const told = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        text += chunk;
        if (/http:\/\/127\.0\.0\.1:\d+/.test(text)) resolve();
      });
    }
  });
  const code = await Promise.race([ended, told.then(() => null)]);
  return { text, code, url: /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0] ?? '' };
}

describe('the command', () => {
  it('says where it is and how to reach each platform', async () => {
    const { text, url } = await run('--port', '0', '--table');
    for (const name of PLATFORM_NAMES) expect(text).toContain(name);
    expect(await (await fetch(`${url}/_control`)).json()).toMatchObject({ sandbox: 'mooring' });
  });

  it.each([
    ['a port that is none', ['--port', 'eighty'], /"eighty"/],
    ['an option it does not have', ['--colour'], /colour/],
  ])('refuses %s', async (_, options, message) => {
    const { code, text } = await run(...options);
    expect([code, message.test(text)]).toEqual([2, true]);
  });
});

it.each([
  [
    'JSON that is called a form, as curl does',
    '{"platform":"etsy"}',
    'application/x-www-form-urlencoded',
    201,
  ],
  ['JSON that is called text, after a line', '\n{"platform":"etsy"}', 'text/plain', 201],
  ['a form', 'platform=etsy', 'application/x-www-form-urlencoded', 201],
  ['a broken object', '{"platform":', 'application/x-www-form-urlencoded', 400],
])('the control takes its body for what it is: %s', async (_what, body, type, status) => {
  const world = await startWorld();
  stops.push(world.close);
  const headers = { 'content-type': type };
  const answer = await world.call({ host: 'sandbox', path: '/_control/shops', headers, body });
  expect(answer.status, answer.text).toBe(status);
});

describe('a seed', () => {
  it('makes other records, the same in every start', async () => {
    const names = async (seed?: string) => {
      const world = await startWorld(seed === undefined ? {} : { seed });
      stops.push(world.close);
      const credential = { platform: 'tiendanube', orders: 5 };
      await world.control('/shops', credential);
      const { json } = await world.control('/shops/820001/credential', {});
      const headers = { 'user-agent': 'test', authentication: `bearer ${json.access_token}` };
      const answer = await world.call({ host: 'api.tiendanube.com', path: '/v1/820001/orders', headers });
      return answer.json.map((one: { contact_name: string }) => one.contact_name).join();
    };
    const [usual, first, again] = [await names(), await names('a'), await names('a')];
    expect([first === again, first === usual]).toEqual([true, false]);
  });
});
