// The simulated platforms alone, as people start them.
import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { mooring } from './local-command.ts';

let stop: (() => void) | undefined;
afterEach(() => stop?.());

async function pasted(line: string): Promise<Record<string, unknown>> {
  const { stdout } = await promisify(execFile)('sh', ['-c', line]);
  return JSON.parse(stdout);
}

describe('mooring mock', { timeout: 60_000 }, () => {
  it('starts, says how to reach each platform and with what, and ends cleanly at Ctrl-C', async () => {
    const child = spawn(process.execPath, [
      'cli/mooring.mjs',
      'mock',
      '--port',
      '0',
      '--platform',
      'shopify',
      'ebay',
    ]);
    stop = () => child.kill('SIGKILL');
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    let out = '';
    for await (const chunk of child.stdout) {
      out += String(chunk);
      if (out.includes('Ctrl-C ends it.')) break;
    }
    const url = /The sandbox is at (http:\/\/127\.0\.0\.1:\d+)/.exec(out)?.[1] ?? '';
    expect(out).toContain('mooring-demo');
    expect(out).not.toContain('shopee ');
    expect(await (await fetch(`${url}/_control`)).json()).toMatchObject({ sandbox: 'mooring' });
    const hints = [...out.matchAll(/ (curl .*_control.*)$/gm)].map(([, hint]) => hint ?? '');
    const made = await pasted(hints[0] ?? '');
    expect(made).toMatchObject({ platform: 'shopify', key: expect.any(String) });
    const credential = await pasted((hints[1] ?? '').replace('<key>', String(made['key'])));
    expect(credential).toMatchObject({ access_token: expect.any(String) });
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    await expect(fetch(`${url}/_control`)).rejects.toThrow();
  });

  it.each([
    ['a port that is none', ['--port', 'eighty'], /"eighty"/],
    ['a platform it does not play', ['--port', '0', '--platform', 'nowhere'], /does not play "nowhere"/],
  ])('refuses %s with exit code 2', async (_why, options, told) => {
    const ran = await mooring(['mock', ...options]);
    expect(ran.code).toBe(2);
    expect(ran.err).toMatch(told);
  });
});
