// The simulated platforms alone, as people start them.
import { spawn } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { mooring } from './local-command.ts';

let stop: (() => void) | undefined;
afterEach(() => stop?.());

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
