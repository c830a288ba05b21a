// Holds the import table of ARCHITECTURE.md against every import, and keeps a platform's id out of code that should not know it.
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const ALL = [
  'domain',
  'platforms',
  'auth',
  'vault',
  'egress',
  'store',
  'activities',
  'deliveries',
  'workflows',
  'worker',
  'http',
  'client',
  'cli',
  'console',
  'sandbox',
  'scripts',
];

/** Which folders a folder may import from, besides itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  platforms: ['domain'],
  auth: ['domain', 'platforms'],
  vault: ['domain'],
  store: ['domain'],
  workflows: ['domain'],
  egress: ['domain', 'platforms', 'auth', 'vault', 'store'],
  activities: ['domain', 'platforms', 'auth', 'vault', 'store', 'egress', 'workflows/messages.ts'],
  deliveries: ['domain', 'store', 'egress'],
  http: ['domain', 'platforms', 'store', 'vault', 'egress', 'workflows/messages.ts', 'temporal.config.ts'],
  client: [],
  cli: [
    'client',
    'domain',
    'auth',
    'platforms',
    'egress/guard.ts',
    'egress/outcome.ts',
    'egress/overrides.ts',
    'egress/parse-json.ts',
    'egress/send.ts',
  ],
  console: ['client'],
  sandbox: ['domain'],
  worker: [
    'domain',
    'platforms',
    'auth',
    'vault',
    'store',
    'egress',
    'activities',
    'deliveries',
    'workflows/messages.ts',
    'temporal.config.ts',
  ],
  'temporal.config.ts': ['workflows/messages.ts'],
  scripts: [...ALL, 'temporal.config.ts', 'test'],
  test: [...ALL, 'temporal.config.ts'],
};

/** What a folder may import as types alone. */
const TYPES_ONLY: Readonly<Record<string, readonly string[]>> = { workflows: ['activities'] };

/** Which folders alone may use a library, beside scripts and test. One that is not here is free to all but the pure folders. */
const LIBRARY_OWNERS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^(simple-oauth2|oauth4webapi|jose)$/, ['auth']],
  [/^(pg|@prisma\/.*)$/, ['store']],
  [/^undici$/, ['egress']],
  [/^@temporalio\/workflow$/, ['workflows']],
  [/^@temporalio\/activity$/, ['activities']],
  [/^@temporalio\/worker$/, ['worker']],
  [/^@temporalio\/client$/, ['http', 'worker']],
  [/^(fastify|@fastify\/.*|fastify-.*|@scalar\/.*)$/, ['http']],
  [/^zod$/, ['http', 'cli']],
  [/^openapi-fetch$/, ['client']],
  [/^commander$/, ['cli']],
  [/^preact$/, ['console']],
  [/^esbuild$/, ['http']],
  [/^graphql$/, ['sandbox']],
];

/** Folders whose files may use only the libraries they own. */
const PURE: Readonly<Record<string, readonly RegExp[]>> = {
  domain: [],
  platforms: [/^big\.js$/],
  workflows: [/^@temporalio\/(workflow|common)$/],
  client: [/^openapi-fetch$/],
  console: [/^preact$/],
};

/** What files of a pure folder may use of Node: to find modules on disk, to stop a pattern that takes for ever. */
const USES_NODE: Readonly<Record<string, RegExp>> = {
  'platforms/load.ts': /^node:(fs|path|url)(\/|$)/,
  'platforms/slow-pattern.ts': /^node:vm$/,
};

interface Import {
  readonly from: string;
  readonly specifier: string;
  readonly isTypeOnly: () => boolean;
}

function importsOf(file: string, text: string): readonly Import[] {
  const all = ts.preProcessFile(text, true, true).importedFiles.map((found) => found.fileName);
  let atRuntime: ReadonlySet<string> | undefined;
  // Erasing a file's types is slow, so only a file that something depends on is asked.
  const isTypeOnly = (specifier: string): boolean => {
    atRuntime ??= runtimeImports(file, text);
    return !atRuntime.has(specifier);
  };
  return all.map((specifier) => ({ from: file, specifier, isTypeOnly: () => isTypeOnly(specifier) }));
}

/** The specifiers that remain when types are erased. */
function runtimeImports(file: string, text: string): ReadonlySet<string> {
  const erased = ts.transpileModule(text, {
    fileName: file,
    compilerOptions: {
      jsx: ts.JsxEmit.React,
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ESNext,
      verbatimModuleSyntax: true,
    },
  });
  return new Set(
    ts.preProcessFile(erased.outputText, true, true).importedFiles.map((found) => found.fileName),
  );
}

/** The rule an import breaks, or null. */
function broken({ from, specifier, isTypeOnly }: Import): string | null {
  const folder = from.split('/')[0] ?? from;
  if (specifier.startsWith('.')) {
    const target = normalize(join(dirname(from), specifier))
      .split(sep)
      .join('/');
    const allowed = MAY_IMPORT[folder];
    const targetFolder = target.split('/')[0] ?? target;
    if (allowed === undefined) return `"${folder}" is not in the import table`;
    if (targetFolder === folder || allowed.some((entry) => target === entry || targetFolder === entry))
      return null;
    if (TYPES_ONLY[folder]?.includes(targetFolder) && isTypeOnly()) return null;
    return `${from} may not import ${target}`;
  }
  const library = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  const isBuiltin = specifier.startsWith('node:') || builtinModules.includes(library);
  const pure = PURE[folder];
  if (pure !== undefined && USES_NODE[from]?.test(specifier) !== true) {
    const isFree = pure.some((one) => one.test(library)) || isTypeOnly();
    return isFree ? null : `${from} may not use "${specifier}"`;
  }
  const owner = LIBRARY_OWNERS.find(([pattern]) => pattern.test(library));
  const isFree = isBuiltin || owner === undefined || folder === 'test' || folder === 'scripts';
  if (isFree || owner[1].includes(folder) || isTypeOnly()) return null;
  return `${from} may not use "${specifier}": it belongs to ${owner[1].join(', ')}`;
}

const files = [...Object.keys(MAY_IMPORT)].flatMap((entry) =>
  entry.endsWith('.ts')
    ? [entry]
    : readdirSync(join(ROOT, entry), { recursive: true, encoding: 'utf8' })
        .map((file) => `${entry}/${file.split(sep).join('/')}`)
        .filter((file) => /\.tsx?$/.test(file) && !file.startsWith('store/generated/')),
);
const sources = files.map((file) => ({ file, text: readFileSync(join(ROOT, file), 'utf8') }));

describe('the import table', () => {
  test('is kept by every file', () => {
    const found = sources.flatMap(({ file, text }) =>
      importsOf(file, text)
        .map(broken)
        .filter((rule) => rule !== null),
    );
    expect(found).toEqual([]);
  });

  test.each([
    ['a folder reaching inward out', 'domain/x.ts', `import { a } from '../store/database.ts';`],
    ['the sandbox learning how we sign', 'sandbox/x.ts', `import { a } from '../auth/index.ts';`],
    ['a dynamic import', 'http/x.ts', `const a = await import('../auth/index.ts');`],
    ['activities as values in a workflow', 'workflows/x.ts', `import { a } from '../activities/index.ts';`],
    ['a library of another folder', 'activities/x.ts', `import { request } from 'undici';`],
    ['a builtin in a workflow', 'workflows/x.ts', `import { createHash } from 'node:crypto';`],
    ['a library in the domain', 'domain/x.ts', `import { z } from 'zod';`],
    ['the console reaching past the client', 'console/x.tsx', `import { a } from '../domain/errors.ts';`],
    ['a builtin in the console', 'console/x.tsx', `import { readFile } from 'node:fs/promises';`],
    [
      'another file of workflows than its messages',
      'http/x.ts',
      `import { a } from '../workflows/connection.ts';`,
    ],
  ])('catches %s', (_what, file, text) => {
    expect(importsOf(file, text).map(broken)).not.toEqual([null]);
  });

  test('lets a workflow know its activities as types', () => {
    expect(
      importsOf('workflows/x.ts', `import type { A } from '../activities/index.ts';`).map(broken),
    ).toEqual([null]);
  });
});

describe('a platform is known by its data alone', () => {
  const ids = readdirSync(join(ROOT, 'platforms'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
  const mayName = /^(platforms|sandbox|test|docs)\//;

  function literalsOf(file: string, text: string): readonly string[] {
    const found: string[] = [];
    const visit = (node: ts.Node): void => {
      if (ts.isStringLiteralLike(node) && ids.includes(node.text)) found.push(`${file} names "${node.text}"`);
      ts.forEachChild(node, visit);
    };
    visit(ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true));
    return found;
  }

  test('there are platforms', () => {
    expect(ids.length).toBeGreaterThanOrEqual(4);
  });

  test('its id is no literal elsewhere', () => {
    expect(
      sources.filter(({ file }) => !mayName.test(file)).flatMap(({ file, text }) => literalsOf(file, text)),
    ).toEqual([]);
  });

  test('a literal would be found', () => {
    expect(literalsOf('http/x.ts', `if (platform === '${ids[0] ?? ''}') return;`)).toHaveLength(1);
  });
});
