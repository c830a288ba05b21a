// npm leaves packages for other systems out of the lock file when its registry does not offer them, and then refuses that lock file on a
// fresh clone (npm ci).
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Locked {
  readonly version?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const lock: { packages: Readonly<Record<string, Locked>> } = JSON.parse(
  readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8'),
);

test('the lock file names the packages of every system, so that a fresh clone installs', () => {
  const missing = Object.entries(lock.packages).flatMap(([path, { optionalDependencies }]) =>
    Object.keys(optionalDependencies ?? {}).filter((name) => {
      const places = [`${path}/node_modules/${name}`, `node_modules/${name}`];
      return !places.some((place) => lock.packages[place]?.version !== undefined);
    }),
  );
  expect(missing).toEqual([]);
});
