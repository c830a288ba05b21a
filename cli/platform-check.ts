// mooring platforms check: every finding of every module of a folder, as file: field: rule. Loads the modules and calls nothing in them.
import { checkModules } from '../platforms/load.ts';
import { asInput } from './input.ts';

/** Sets exit code 1 where there is a finding. */
export async function checkFolder(folder: string, { json }: { readonly json?: boolean }): Promise<void> {
  const modules = await asInput(`"${folder}"`, () => checkModules(folder));
  const findings = modules.flatMap(({ file, findings: all }) => all.map((finding) => ({ file, ...finding })));
  if (findings.length > 0) process.exitCode = 1;
  if (json === true) {
    const platforms = modules.flatMap(({ file, platform }) =>
      platform === null ? [] : [{ file, id: platform.id }],
    );
    console.log(JSON.stringify({ platforms, findings }, null, 2));
    return;
  }
  for (const { file, field, rule, because } of findings)
    console.log(`${file}: ${field || '(module)'}: ${rule}: ${because}`);
  const good = modules.flatMap(({ platform }) => (platform === null ? [] : [platform.id]));
  if (modules.length === 0) console.log(`There is no module in "${folder}".`);
  else
    console.log(`${good.length} of ${modules.length} pass${good.length > 0 ? `: ${good.join(', ')}` : ''}`);
}
