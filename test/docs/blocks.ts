// Runs a page of the docs as a reader would: its named blocks are files, its `sh` blocks are run one after another, and what a `prints` block shows must be in
// what the block before it printed. A page is a test that way, and cannot go stale.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SEEN = ['domain', 'platforms', 'auth', 'egress', 'client', 'cli', 'node_modules', 'package.json'];

interface Block {
  readonly language: string;
  /** What stands behind the language: a file's name, `prints`, `exit 1`, `real`. */
  readonly about: string;
  readonly text: string;
}

export function blocksOf(page: string): Block[] {
  const found = readFileSync(join(ROOT, page), 'utf8').matchAll(/^```(\w+) ?([^\n]*)\n([\s\S]*?)^```$/gm);
  return [...found].map(([, language = '', about = '', text = '']) => ({
    language,
    about: about.trim(),
    text,
  }));
}

/** A folder inside a checkout, where a reader would work. */
export function readersFolder(name: string): string {
  const checkout = mkdtempSync(join(tmpdir(), 'mooring-docs-'));
  for (const one of SEEN) symlinkSync(join(ROOT, one), join(checkout, one));
  mkdirSync(join(checkout, name));
  return join(checkout, name);
}

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** `real`: blocks that need the real thing are run too. */
export async function runPage(
  page: string,
  folder: string,
  {
    real = false,
    env = {},
  }: { readonly real?: boolean; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<number> {
  let last: Ran = { code: 0, out: '', err: '' };
  let count = 0;
  for (const { language, about, text } of blocksOf(page)) {
    if (about.startsWith('prints')) expectPrinted(language, text, last);
    else if (language === 'sh' && about !== 'shown' && (about !== 'real' || real)) {
      last = await shell(text, folder, env);
      count += 1;
      const wanted = Number(/^exit (\d)$/.exec(about)?.[1] ?? 0);
      expect(last.code, `${page}: ${text}\n${last.out}${last.err}`).toBe(wanted);
    } else if (/^[\w./-]+\.\w+$/.test(about)) {
      mkdirSync(dirname(join(folder, about)), { recursive: true });
      writeFileSync(join(folder, about), text);
    }
  }
  return count;
}

function expectPrinted(language: string, text: string, { out }: Ran): void {
  if (language === 'json') expect(JSON.parse(out)).toMatchObject(JSON.parse(text));
  else for (const line of text.split('\n')) expect(out).toContain(line.trim());
}

function shell(script: string, cwd: string, env: Readonly<Record<string, string>>): Promise<Ran> {
  const local = script.replaceAll('npx mooring', `"${process.execPath}" "${join(ROOT, 'cli/mooring.mjs')}"`);
  return new Promise((resolve) => {
    const child = execFile(
      'bash',
      ['-euc', local],
      { cwd, timeout: 60_000, env: { PATH: process.env['PATH'] ?? '', ...env } },
      (_error, out, err) => resolve({ code: child.exitCode ?? -1, out, err }),
    );
  });
}
