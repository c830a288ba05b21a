// mooring platforms try: a folder's platforms on their fixtures, and, given a credential, on the real thing: the proof call and one page of each resource.
// It only reads. Calls go the guarded way of every call of Mooring's; what comes is shown without the secrets.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MooringError } from '../domain/errors.ts';
import type { Json, PassContext, Platform, ResourceDefinition } from '../domain/platform.ts';
import { RESOURCES } from '../domain/resource.ts';
import { parseJson } from '../egress/parse-json.ts';
import { checkModules } from '../platforms/load.ts';
import { asInput, InputError, readJson } from './input.ts';
import { withoutSecrets } from './masked.ts';
import { CREDENTIAL_FILE, secretsOf } from './sign.ts';
import { table } from './table.ts';
import { type Calling, callPlatform } from './trial-call.ts';

export interface TryOptions {
  readonly platform?: string;
  readonly credentialFile?: string;
  readonly shop?: readonly string[];
  readonly kind?: string;
  readonly records?: boolean;
  readonly json?: boolean;
}

/** One line of what was tried. */
export interface Tried {
  readonly platform: string;
  readonly what: string;
  readonly outcome: string;
  readonly isGood: boolean;
  readonly records?: readonly unknown[];
}

/** Sets exit code 1 where something did not go. */
export async function tryFolder(folder: string, options: TryOptions): Promise<void> {
  const modules = await asInput(`"${folder}"`, () => checkModules(folder));
  const broken = modules.flatMap(({ file, findings }) =>
    findings.map(({ field, rule, because }) => `${file}: ${field}: ${rule}: ${because}`),
  );
  if (broken.length > 0) throw new InputError('the folder does not pass the check:', broken);
  const all = modules.flatMap(({ platform }) => (platform === null ? [] : [platform]));
  const platforms = all.filter(({ id }) => options.platform === undefined || options.platform === id);
  const [first, ...others] = platforms;
  if (first === undefined)
    throw new InputError(
      `"${folder}" has no such platform`,
      all.map(({ id }) => id),
    );
  const tried = platforms.flatMap((platform) => tryFixtures(platform, join(folder, 'fixtures', platform.id)));
  if (options.credentialFile !== undefined) {
    if (others.length > 0) throw new InputError('--platform says which of them the credential is for', []);
    tried.push(...(await tryForReal(first, options.credentialFile, options)));
  }
  show(tried, options);
}

function tryFixtures(platform: Platform, folder: string): Tried[] {
  const { id } = platform;
  const shop = Object.fromEntries(platform.shop.map(({ name, example }) => [name, example]));
  const proof = fixture(join(folder, 'proof.json'));
  const facts: Record<string, string> = {};
  const tried: Tried[] = [];
  if (proof !== null) {
    const line = attempt(id, 'fixture proof', () => {
      const proven = platform.proof.read({ body: proof, headers: {} }, shop);
      Object.assign(facts, proven.facts);
      return { outcome: `shop ${proven.shopKey ?? 'without a key'}, ${proven.shopName ?? 'without a name'}` };
    });
    tried.push(line);
  }
  for (const resource of RESOURCES) {
    const definition: ResourceDefinition | undefined = platform.resources[resource];
    const body = fixture(join(folder, `${resource}.json`));
    if (definition === undefined) continue;
    if (body === null) {
      tried.push({
        platform: id,
        what: `fixture ${resource}`,
        outcome: `no ${resource}.json`,
        isGood: false,
      });
      continue;
    }
    tried.push(
      attempt(id, `fixture ${resource}`, () => {
        const pass = passOf(shop, facts, definition);
        const { items } = definition.read(pass, null, { body, headers: {} });
        const expected = fixture(join(folder, `${resource}.expected.json`));
        return mapped(items, definition, pass, expected);
      }),
    );
  }
  return tried;
}

function fixture(path: string): Json | null {
  return existsSync(path) ? parseJson(readFileSync(path, 'utf8')) : null;
}

export function passOf(
  shop: Readonly<Record<string, string>>,
  facts: Readonly<Record<string, string>>,
  { pageSize }: ResourceDefinition,
): PassContext {
  return { shop, facts, sinceMs: null, untilMs: Date.now(), pageSize: pageSize.default };
}

type Outcome = Pick<Tried, 'outcome' | 'records'> & { readonly isGood?: boolean };

/** Maps what was read; an item that does not map is told with its path, as it would be set aside. */
function mapped(
  items: readonly Json[],
  definition: ResourceDefinition,
  pass: PassContext,
  expected: Json | null,
): Outcome {
  const aside: string[] = [];
  const records = items.flatMap((item): unknown[] => {
    try {
      return [...definition.map(item, pass)];
    } catch (error) {
      if (!(error instanceof MooringError) || error.code !== 'record_invalid') throw error;
      aside.push(`${definition.idOf(item) ?? 'an item without an id'}: ${error.message}`);
      return [];
    }
  });
  const isExpected = expected === null || JSON.stringify(records) === JSON.stringify(expected);
  const told = [
    `${items.length} items, ${records.length} records`,
    ...(aside.length === 0 ? [] : [`set aside: ${aside.slice(0, 3).join('; ')}`]),
    ...(isExpected ? [] : ['not what the expected.json says']),
  ];
  return { outcome: told.join('; '), records, isGood: isExpected && aside.length === 0 };
}

function attempt(platform: string, what: string, use: () => Outcome): Tried {
  try {
    return { platform, what, isGood: true, ...use() };
  } catch (error) {
    return { platform, what, outcome: toldOf(error), isGood: false };
  }
}

function toldOf(error: unknown): string {
  if (error instanceof MooringError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? `throws ${error.message}` : String(error);
}

async function tryForReal(platform: Platform, path: string, options: TryOptions): Promise<Tried[]> {
  const file = await readJson('--credential-file', path, CREDENTIAL_FILE);
  const shop = { ...file.shop, ...shopOf(options.shop ?? []) };
  const given = { ...file, shop };
  const secrets = secretsOf(platform, given);
  return await callPlatform(platform, given, options.kind ?? file.kind, async (calling) => {
    const tried = await triedProof(platform, calling);
    const lines = tried.line.isGood
      ? [tried.line, ...(await triedResources(platform, calling, tried.facts))]
      : [tried.line];
    return lines.map((line) => clean(line, [...secrets, ...calling.secrets()]));
  });
}

function shopOf(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw new InputError(`--shop "${pair}" is not name=value`, []);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

async function triedProof(platform: Platform, calling: Calling) {
  const facts: Record<string, string> = {};
  const line = await attemptLater(platform.id, 'proof', async () => {
    const answer = await calling.call(platform.proof.request(calling.shop));
    const proven = platform.proof.read(answer, calling.shop);
    Object.assign(facts, proven.facts);
    const scopes = proven.scopes === null ? 'scopes not told' : `scopes ${proven.scopes.join(' ') || 'none'}`;
    return {
      outcome: `shop ${proven.shopKey ?? 'without a key'}, ${proven.shopName ?? 'without a name'}, ${scopes}`,
    };
  });
  return { line, facts };
}

async function triedResources(
  platform: Platform,
  calling: Calling,
  facts: Readonly<Record<string, string>>,
): Promise<Tried[]> {
  const tried: Tried[] = [];
  for (const resource of RESOURCES) {
    const definition: ResourceDefinition | undefined = platform.resources[resource];
    if (definition === undefined) continue;
    const line = await attemptLater(platform.id, resource, async () => {
      const pass = passOf(calling.shop, facts, definition);
      const answer = await calling.call(definition.request(pass, null));
      const page = definition.read(pass, null, answer);
      const { details } = definition;
      const listed = details === undefined ? page.items : page.items.slice(0, details.max);
      const items =
        details === undefined || listed.length === 0
          ? listed
          : details.read(await calling.call(details.request(pass, listed)), listed);
      const { outcome, ...rest } = mapped(items, definition, pass, null);
      return {
        ...rest,
        outcome: `${outcome}; ${page.next === null ? 'the last page' : 'more pages follow'}`,
      };
    });
    tried.push(line);
  }
  return tried;
}

async function attemptLater(platform: string, what: string, use: () => Promise<Outcome>): Promise<Tried> {
  try {
    return { platform, what, isGood: true, ...(await use()) };
  } catch (error) {
    return { platform, what, outcome: toldOf(error), isGood: false };
  }
}

function clean(line: Tried, secrets: readonly string[]): Tried {
  const { records } = line;
  return {
    ...line,
    outcome: withoutSecrets(line.outcome, secrets),
    ...(records === undefined
      ? {}
      : { records: JSON.parse(withoutSecrets(JSON.stringify(records), secrets)) }),
  };
}

function show(tried: readonly Tried[], { json, records }: TryOptions): void {
  if (tried.some(({ isGood }) => !isGood)) process.exitCode = 1;
  if (json === true) {
    console.log(JSON.stringify(tried, null, 2));
    return;
  }
  const rows = tried.map(({ platform, what, outcome, isGood }) => [
    platform,
    what,
    isGood ? 'ok' : 'FAIL',
    outcome,
  ]);
  console.log(table(['platform', 'what', '', 'came'], rows, 'There is nothing to try.'));
  if (records !== true) return;
  for (const { what, records: all = [] } of tried)
    if (all.length > 0) console.log(`${what}, the first record:\n${JSON.stringify(all[0], null, 2)}`);
}
