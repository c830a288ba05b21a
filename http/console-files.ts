// The files of the operator console: its page as it is on disk, its code and style bundled once by esbuild. They are the same for
// everybody and hold no secret; nothing is fetched to make them.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export interface ConsoleFile {
  readonly type: string;
  readonly body: string;
  readonly etag: string;
}

/** By the name under /console/; the page itself is "". */
export type ConsoleFiles = ReadonlyMap<string, ConsoleFile>;

const FOLDER = fileURLToPath(new URL('../console', import.meta.url));

export async function bundleConsole(): Promise<ConsoleFiles> {
  const [page, bundled] = await Promise.all([readFile(`${FOLDER}/index.html`, 'utf8'), bundle()]);
  return new Map([
    ['', file('text/html; charset=utf-8', page)],
    ['console.css', file('text/css; charset=utf-8', bundled.style)],
    ['console.js', file('text/javascript; charset=utf-8', bundled.script)],
  ]);
}

/** esbuild's own process stays for a next build, and ends with ours; stopping it would end a build of another server in this process. */
async function bundle(): Promise<{ style: string; script: string }> {
  const { outputFiles } = await build({
    entryPoints: { console: `${FOLDER}/main.tsx`, 'console-style': `${FOLDER}/console.css` },
    outdir: FOLDER,
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'silent',
  });
  const text = (ending: string) => outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? '';
  return { style: text('.css'), script: text('.js') };
}

function file(type: string, body: string): ConsoleFile {
  return { type, body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` };
}
