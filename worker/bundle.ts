// The workflows as one file. Bundling takes seconds and memory, so the bundle is kept beside its hash and made anew only when a source changed.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const root = fileURLToPath(new URL('..', import.meta.url));
export const WORKFLOWS_PATH = join(root, 'workflows', 'index.ts');
const CACHE = join(root, 'node_modules', '.cache', 'mooring');

/** The path of the bundle for today's sources; `workflowsPath` exports some of the workflows, or more than them. */
export async function workflowBundle(workflowsPath = WORKFLOWS_PATH): Promise<{ readonly codePath: string }> {
  const codePath = join(CACHE, `workflows-${sourceHash(workflowsPath)}.js`);
  if (existsSync(codePath)) return { codePath };
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
  await mkdir(CACHE, { recursive: true });
  const partial = `${codePath}.${process.pid}`;
  await writeFile(partial, code);
  await rename(partial, codePath);
  return { codePath };
}

function sourceHash(workflowsPath: string): string {
  const hash = createHash('sha256').update(readFileSync(workflowsPath));
  for (const folder of ['workflows', 'domain']) {
    for (const file of readdirSync(join(root, folder)).sort())
      hash.update(file).update(readFileSync(join(root, folder, file)));
  }
  const sdk = createRequire(import.meta.url).resolve('@temporalio/worker');
  hash.update(readFileSync(join(dirname(dirname(sdk)), 'package.json')));
  return hash.digest('hex').slice(0, 32);
}
