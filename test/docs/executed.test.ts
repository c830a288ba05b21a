// The pages that show commands do what they show.
import { describe, expect, it } from 'vitest';
import { readersFolder, runPage } from './blocks.ts';

describe('a page of the docs is run as it stands', { timeout: 120_000 }, () => {
  it('docs/cli.md', async () => {
    expect(await runPage('docs/cli.md', readersFolder('work'))).toBeGreaterThan(10);
  });

  it('docs/how-to/add-a-platform.md', async () => {
    expect(await runPage('docs/how-to/add-a-platform.md', readersFolder('my-platforms'))).toBeGreaterThan(2);
  });
});
