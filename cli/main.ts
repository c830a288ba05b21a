// The `mooring` command. Every command speaks to the API alone, or to nothing (local.ts); what it prints is for people, or with --json for programs.
import { Command, CommanderError, Option } from 'commander';
import { MooringApiError } from '../client/index.ts';
import { auditVerify } from './audit.ts';
import { connect } from './connect.ts';
import { diagnose, list, show } from './connections.ts';
import { type Context, openContext } from './context.ts';
import { rotateKeys } from './data-keys.ts';
import { list as listDeliveries, replay, show as showDelivery } from './deliveries.ts';
import { doctor, status } from './doctor.ts';
import {
  add as addEndpoint,
  list as listEndpoints,
  remove as removeEndpoint,
  rotate as rotateEndpoint,
  test as testEndpoint,
} from './endpoints.ts';
import { status as fleetStatus, plan as planFleet, start as startFleet, tell as tellFleet } from './fleet.ts';
import { importFile, importStatus } from './import.ts';
import { InputError } from './input.ts';
import { createKey, listKeys, revokeKey } from './keys.ts';
import { addLocalCommands } from './local.ts';
import { confirmMove, refuseMove } from './move.ts';
import {
  listPrivacyRequests,
  address as notificationAddress,
  privacyReport,
  show as showNotifications,
} from './notifications.ts';
import { revoke } from './revoke.ts';
import { command, confirmDeletions, sync } from './sync.ts';

/** Runs one command and gives the exit code: 0 done, 1 refused or failed, 2 wrong use. */
export async function run(argv: readonly string[]): Promise<number> {
  const program = build();
  try {
    await program.parseAsync(argv);
    return process.exitCode === undefined ? 0 : Number(process.exitCode);
  } catch (error) {
    return explain(error);
  }
}

/** Runs a command with what it speaks to. */
type Acting = <A extends readonly unknown[]>(
  perform: (context: Context, ...args: A) => Promise<void>,
) => (...args: A) => Promise<void>;

function build(): Command {
  const program = new Command('mooring')
    .description('Keeps every merchant connection usable.')
    .option('--url <url>', 'where the API is; default: MOORING_URL, else .mooring/local.json')
    .option('--json', 'print JSON')
    .addOption(
      new Option('--key <key>', 'API key; default: MOORING_KEY, else .mooring/local.json').hideHelp(),
    )
    .exitOverride();
  const action: Acting =
    (perform) =>
    async (...args) =>
      perform(await openContext(program.opts()), ...args);

  program.command('status').description('the fleet in one table').action(action(status));
  program.command('doctor').description('what is wrong, and who must act').action(action(doctor));
  const connections = program
    .command('connections')
    .description('list connections')
    .action(action((context) => list(context, {})));
  connections
    .command('list')
    .option('--tenant <id>')
    .option('--platform <id>')
    .option('--state <state>')
    .action(action(list));
  connections.command('show <connection>').description('one connection').action(action(show));
  connections.command('diagnosis <connection>').description('why it is as it is').action(action(diagnose));
  program
    .command('connect')
    .description('make a link for a merchant; or, with --platform and --shop, connect by a pasted credential')
    .requiredOption('--tenant <id>')
    .option('--platform <id>')
    .option('--shop <name=value...>', 'shop fields')
    .option(
      '--credential <name...>',
      'credential fields; their values are asked for, or read from MOORING_CREDENTIAL_<NAME>',
    )
    .option('--permissions <permission...>', 'for example orders:read')
    .option('--connection <id>', 'reconnect this one')
    .action(action(connect));
  program
    .command('sync <connection>')
    .description('sync now, and watch it')
    .option('--resources <resource...>')
    .option('--backfill', 'from the beginning')
    .option('--no-wait', 'do not watch')
    .action(action(sync));
  program
    .command('confirm-deletions <connection> <run>')
    .description('let a run make the deletions it holds')
    .action(action(confirmDeletions));
  program
    .command('confirm-move <connection> <authorization>')
    .description("confirm a shop's new address")
    .action(action(confirmMove));
  program
    .command('refuse-move <connection> <authorization>')
    .description("refuse a shop's new address; its new credential is destroyed")
    .action(action(refuseMove));
  for (const name of ['pause', 'resume', 'refresh'] as const) {
    program
      .command(`${name} <connection>`)
      .action(action((context, id: string) => command(context, name, id)));
  }
  program
    .command('revoke <connection>')
    .description('end a connection; shows first what that takes along')
    .option('--yes', 'do not ask')
    .option('--now', 'destroy now, without asking the platform')
    .option('--erase', 'delete its records too')
    .action(action(revoke));
  const imports = program.command('import').description('bring existing connections');
  imports
    .command('file <file>', { isDefault: true })
    .description('upload NDJSON and watch what becomes of each line')
    .option('--no-wait', 'do not watch')
    .action(action(importFile));
  imports.command('status <import>').description('how an import goes').action(action(importStatus));
  const fleet = program.command('fleet').description('work on many connections');
  for (const [word, perform, what] of [
    ['plan', planFleet, 'which connections it would take, and why it leaves others alone'],
    ['start', startFleet, 'begin, and watch it'],
  ] as const) {
    fleet
      .command(`${word} <kind>`)
      .description(`${what}; kind: token_upgrade, secret_rotation or api_version`)
      .option('--platform <id>')
      .option('--registration <id>', 'for secret_rotation')
      .option('--tenant <id>')
      .option('--connections <connection...>')
      .option('--canary <count>')
      .option('--canary-wait <seconds>')
      .option('--batch <count>')
      .option('--concurrency <count>', 'at a time')
      .option('--per-minute <count>')
      .option('--max-error-rate <rate>', '0 to 1')
      .option('--yes', 'do not ask')
      .option('--no-wait', 'do not watch')
      .action(action(perform));
  }
  fleet.command('status <run>').action(action(fleetStatus));
  for (const word of ['pause', 'resume', 'stop'] as const) {
    fleet.command(`${word} <run>`).action(action((context, id: string) => tellFleet(context, word, id)));
  }
  addNotificationCommands(program, action);
  addDeliveryCommands(program, action);
  const audit = program.command('audit').description('the audit trail');
  audit.command('verify').description('walk the chain').action(action(auditVerify));
  const keys = program
    .command('keys')
    .description('API keys; the key-encrypting key')
    .action(action(listKeys));
  keys.command('list').action(action(listKeys));
  keys
    .command('create <name>')
    .requiredOption('--role <role>', 'read, sync, admin or operator')
    .option('--tenant <id>')
    .action(action(createKey));
  keys.command('revoke <id>').action(action(revokeKey));
  keys
    .command('rotate')
    .description('a new key-encrypting key (local stack), and every data key moved under the newest one')
    .action(action(rotateKeys));
  addLocalCommands(program);
  return program;
}

function addNotificationCommands(program: Command, action: Acting): void {
  const notifications = program
    .command('notifications')
    .description('what a platform tells us of a connection');
  notifications
    .command('show <connection>', { isDefault: true })
    .description('what is subscribed to, what waits, what was missed')
    .action(action(showNotifications));
  notifications
    .command('address <connection>')
    .description('a new address, to be set up by hand at the platform')
    .action(action(notificationAddress));
  const privacy = program.command('privacy').description('requests of platforms to erase or to report');
  privacy.command('list', { isDefault: true }).action(action(listPrivacyRequests));
  privacy
    .command('report <request>')
    .description('what is kept of the person, as JSON')
    .action(action(privacyReport));
}

function addDeliveryCommands(program: Command, action: Acting): void {
  const endpoints = program.command('endpoints').description('where tenants are told of their events');
  endpoints.command('list', { isDefault: true }).option('--tenant <id>').action(action(listEndpoints));
  endpoints
    .command('add <url>')
    .description('make one; its secret is shown once')
    .option('--tenant <id>')
    .option('--name <name>')
    .option('--events <type...>', 'for example connection.*; default: all')
    .option('--full', 'send changed records along')
    .option('--ordered', 'one connection’s events one after another')
    .option('--ed25519', 'sign v1a instead of v1')
    .action(action(addEndpoint));
  endpoints
    .command('test <endpoint>')
    .description('send a test event, and show the answer')
    .action(action(testEndpoint));
  endpoints
    .command('rotate <endpoint>')
    .description('the next secret; the former signs beside it for a day')
    .option('--overlap <seconds>')
    .addOption(new Option('--kind <kind>').choices(['hmac', 'ed25519']))
    .action(action(rotateEndpoint));
  endpoints.command('remove <endpoint>').option('--yes', 'do not ask').action(action(removeEndpoint));
  const deliveries = program.command('deliveries').description('what endpoints were sent');
  deliveries
    .command('list', { isDefault: true })
    .option('--endpoint <id>')
    .option('--state <state>', 'pending, delivered or failed')
    .option('--event <type>')
    .option('--since <instant>')
    .option('--limit <count>')
    .action(action(listDeliveries));
  deliveries.command('show <delivery>').description('with its attempts').action(action(showDelivery));
  deliveries
    .command('replay [delivery]')
    .description('send one again; or with --endpoint what was given up')
    .option('--endpoint <id>')
    .option('--since <instant>')
    .option('--until <instant>')
    .option('--all', 'everything of the range, not only what was given up')
    .action(action(replay));
}

function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof InputError) {
    console.error(error.message);
    return 2;
  }
  if (error instanceof MooringApiError) {
    const { code, detail, actor, fields = [], instance } = error.problem;
    console.error(`${code}: ${detail}`);
    for (const field of fields) console.error(`  ${field.path} ${field.rule}`);
    console.error(`Who must act: ${actor}. Request ${instance}.`);
    return 1;
  }
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const isDown = cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED';
  console.error(
    isDown
      ? 'The API does not answer. Does it run? (npm start)'
      : cause instanceof Error
        ? cause.message
        : String(cause),
  );
  return 1;
}
