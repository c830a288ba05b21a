// Whatever a page names is there: the pages it links to, their headings, and the files and folders it speaks of.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const pages = ['README.md', 'ARCHITECTURE.md', 'CHANGELOG.md', ...markdownIn('docs')];

function markdownIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join(folder, file));
}

/** Without blocks, whose text is somebody else's language. */
const proseOf = (path: string): string => readFileSync(path, 'utf8').replace(/^```[\s\S]*?^```$/gm, '');

/** As GitHub makes them. */
const anchorsOf = (path: string): string[] =>
  [...proseOf(path).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );

test.each(pages)('%s: every link leads somewhere', (path) => {
  const links = proseOf(path)
    .replace(/`[^`\n]*`/g, 'code')
    .matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g);
  const broken = [...links].flatMap(([, link = '']) => {
    const [to = '', anchor] = link.split('#');
    const target = to === '' ? path : join(dirname(path), to);
    if (!existsSync(target)) return [link];
    const isLost = anchor !== undefined && statSync(target).isFile() && !anchorsOf(target).includes(anchor);
    return isLost ? [link] : [];
  });
  expect(broken).toEqual([]);
});

const FOLDERS = readdirSync('.', { withFileTypes: true })
  .filter((one) => one.isDirectory() && !one.name.startsWith('.') && one.name !== 'node_modules')
  .map((one) => one.name);
const NAMED = new RegExp(`\`((?:test/)?(?:${FOLDERS.join('|')})/(?:[\\w./-]*(?:\\.\\w+|/))?)\``, 'g');

// A page of the past tells of what was.
test.each(pages.filter((path) => path !== 'CHANGELOG.md' && !path.startsWith('docs/decisions')))(
  '%s: every file it names is there',
  (path) => {
    const named = [...proseOf(path).matchAll(NAMED)].map(([, name = '']) => name);
    const isThere = (name: string) => existsSync(name) || existsSync(join('test', name));
    expect(named.filter((name) => !isThere(name))).toEqual([]);
  },
);
