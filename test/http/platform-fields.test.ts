// What a form of one's own needs to know of a platform's shop fields.
import { expect, test } from 'vitest';
import { presentPlatform } from '../../http/schemas/platforms.ts';
import { PLATFORMS } from '../../platforms/index.ts';

test('a closed list is told with its values, and without what they give beside', () => {
  const told = [...PLATFORMS.values()].flatMap((platform) =>
    presentPlatform(platform, 'https://vendor.example').shop.map((field) => ({ platform, field })),
  );
  const closed = told.filter(({ field }) => field.choices !== null);
  expect(new Set(closed.map(({ platform }) => platform.id))).toContain('kaufland');
  expect(closed.length).toBeLessThan(told.length);
  for (const { platform, field } of closed) {
    const own = platform.shop.find(({ name }) => name === field.name);
    expect(field.choices).toEqual(own?.choices?.map(({ value, label }) => ({ value, label })));
    expect(JSON.stringify(field)).not.toContain('gives');
  }
});
