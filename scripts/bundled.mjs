// A program of ours as one file of JavaScript, kept beside the packages it needs and made anew when one of its sources changed.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const CACHE = join(root, 'node_modules', '.cache', 'mooring', 'programs');

const sha256 = (data) => createHash('sha256').update(data).digest('hex');

/** The path of the program's bundle. Packages are left to Node. */
export async function bundled(program) {
  const entry = resolve(program);
  const name = relative(root, entry).replaceAll(/[^a-z0-9]+/gi, '-');
  const noted = await readNotes(join(CACHE, `${name}.json`));
  // Its URLs are absolute: a copy of the folder needs bundles of its own.
  if (noted?.root === root && existsSync(join(CACHE, noted.file)) && (await isToday(noted.sources)))
    return join(CACHE, noted.file);
  const { contents, sources } = await bundle(entry);
  const file = `${name}-${sha256(contents).slice(0, 32)}.mjs`;
  await mkdir(CACHE, { recursive: true });
  await keep(join(CACHE, file), contents);
  await keep(join(CACHE, `${name}.json`), JSON.stringify({ root, file, sources }));
  if (noted !== null && noted.file !== file) await rm(join(CACHE, noted.file), { force: true });
  return join(CACHE, file);
}

async function bundle(entry) {
  const { build, stop } = await import('esbuild');
  const { outputFiles, metafile } = await build({
    entryPoints: [entry],
    outfile: join(CACHE, 'program.mjs'),
    absWorkingDir: root,
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    format: 'esm',
    charset: 'utf8',
    sourcemap: 'inline',
    sourcesContent: false,
    metafile: true,
    write: false,
    logLevel: 'error',
    plugins: [ownUrl],
  });
  await stop();
  const paths = Object.keys(metafile.inputs);
  return { contents: outputFiles[0].contents, sources: Object.fromEntries(await hashed(paths)) };
}

/** A module finds its neighbours from where its source is. */
const ownUrl = {
  name: 'own-url',
  setup: ({ onLoad }) =>
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const url = JSON.stringify(pathToFileURL(path).href);
      return { contents: source.replaceAll('import.meta.url', url), loader: 'ts' };
    }),
};

const hashed = (paths) =>
  Promise.all(paths.map(async (path) => [path, sha256(await readFile(join(root, path)))]));

async function isToday(sources) {
  try {
    const now = await hashed(Object.keys(sources));
    return now.every(([path, hash]) => sources[path] === hash);
  } catch {
    return false;
  }
}

async function readNotes(path) {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return null;
  }
}

/** Whole or not at all: other processes may be about to read it. */
async function keep(path, data) {
  const partial = `${path}.${process.pid}`;
  await writeFile(partial, data);
  await rename(partial, path);
}
