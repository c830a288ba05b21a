// npm run docs: writes the pages of platforms, and of schemes what is not written by hand. What is no page any more is deleted.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PLATFORMS } from '../platforms/index.ts';
import { generatedPages } from './docs/pages.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const textOf = (path: string): string =>
  existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : '';
const pages = generatedPages([...PLATFORMS.values()], textOf);
for (const [path, text] of pages) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
for (const folder of ['docs/platforms', 'docs/schemes'])
  for (const file of readdirSync(join(root, folder)))
    if (!pages.has(`${folder}/${file}`)) rmSync(join(root, folder, file));
console.log(`${pages.size} pages`);
