// The generated pages are what the data says now.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { CHECK_RULES } from '../../platforms/check-shape.ts';
import { PLATFORMS } from '../../platforms/index.ts';
import { generatedPages } from '../../scripts/docs/pages.ts';
import { SCHEMES } from '../../scripts/docs/scheme-names.ts';
import { platform as kiosk } from '../cli/platforms/kiosk.ts';

const read = (path: string): string => (isFile(path) ? readFileSync(path, 'utf8') : '');
const pages = generatedPages([...PLATFORMS.values()], read);
const drawings = (text: string): string[] =>
  [...text.matchAll(/```mermaid\n([\s\S]*?)```/g)].map((one) => one[1] ?? '');

test('docs/cli.md lists every rule of the check', () => {
  const page = readFileSync('docs/cli.md', 'utf8');
  for (const [rule, holds] of Object.entries(CHECK_RULES))
    expect(page).toContain(`| \`${rule}\` | ${holds} |`);
});

describe('the generated pages', () => {
  test.each([...pages])('%s is as the data says; else: npm run docs', (path, text) => {
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  test('there is none whose platform or scheme is gone', () => {
    const files = ['docs/platforms', 'docs/schemes'].flatMap((folder) =>
      readdirSync(folder).map((file) => `${folder}/${file}`),
    );
    expect(files.filter((file) => !pages.has(file))).toEqual([]);
  });

  test('every platform is in the table and has a drawing of each way to connect', () => {
    const overview = pages.get('docs/platforms/README.md') ?? '';
    for (const platform of PLATFORMS.values()) {
      expect(overview).toContain(`](${platform.id}.md)`);
      expect(drawings(pages.get(`docs/platforms/${platform.id}.md`) ?? '')).toHaveLength(
        platform.auth.length,
      );
    }
  });

  test.each(Object.keys(SCHEMES))(
    'the page of %s is drawn, and tells its rules, what is data, what is code and who uses it',
    (name) => {
      const text = pages.get(`docs/schemes/${name.replaceAll('_', '-')}.md`) ?? '';
      expect(drawings(text)).toHaveLength(1);
      expect([...text.matchAll(/^## (.+)$/gm)].map((one) => one[1])).toEqual([
        'Rules that hold',
        'What is data',
        'What is code',
        'Which platforms use it',
      ]);
    },
  );

  test('every line of a drawing is one that mermaid knows', () => {
    const known =
      /^( {2}(participant \w+ as .+|Note over \w+: [^;#]+|\w+--?>>\w+: [^;#]+)|sequenceDiagram|)$/;
    const lines = [...pages.values()].flatMap(drawings).flatMap((drawing) => drawing.split('\n'));
    expect(lines.filter((line) => !known.test(line))).toEqual([]);
  });

  test('every link between them leads somewhere', () => {
    const broken = [...pages].flatMap(([path, text]) =>
      [...text.replace(/`[^`]*`/g, 'code').matchAll(/\]\((?!https?:)([^)#\s]+)\)/g)].flatMap(
        ([, to = '']) => {
          const target = new URL(to, `file:///${path}`).pathname.slice(1);
          return pages.has(target) || isFile(target) ? [] : [`${path}: ${to}`];
        },
      ),
    );
    expect(broken).toEqual([]);
  });

  test('nothing in the data breaks a table or a drawing', () => {
    const text = 'a | b\nc ` d ; e # f';
    const hostile = {
      ...kiosk,
      id: 'kiosk',
      name: text,
      unsupported: [text],
      shop: [{ ...kiosk.shop[0], help: text }],
    };
    const page = generatedPages([hostile], () => '').get('docs/platforms/kiosk.md') ?? '';
    const row = page.split('\n').find((line) => line.startsWith('| `url`')) ?? '';
    expect(row.replaceAll('\\|', '').split('|')).toHaveLength(8);
    for (const drawing of drawings(page)) expect(drawing).not.toMatch(/[;#]/);
  });
});

function isFile(path: string): boolean {
  try {
    return readFileSync(path, 'utf8') !== '';
  } catch {
    return false;
  }
}
