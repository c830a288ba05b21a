// The commands that speak to no API: they work on files, platform data and the sandbox alone. What a command needs is loaded when it runs, so
// that the others start as fast as before.
import { type Command, Option } from 'commander';

/** Adds them to the program. */
export function addLocalCommands(program: Command): void {
  addSign(program);
  addVerify(program);
  addPlatforms(program);
  addMock(program);
}

const SCHEMES = ['oauth1', 'sigv4', 'hmac', 'jwt_bearer', 'basic'] as const;
const scheme = () =>
  new Option('--scheme <scheme>', 'a scheme by itself; its input is JSON on standard input').choices(SCHEMES);

function addSign(program: Command): void {
  program
    .command('sign')
    .description('print the exact signed request; nothing is sent')
    .option('--platform <id>')
    .option('--request <file>', 'JSON { method, path, query?, headers?, body? }; - for standard input')
    .option('--credential-file <file>', 'JSON { kind?, shop, clientId?, clientSecret?, credential }')
    .option('--kind <kind>', 'which kind of credential, where the platform has several')
    .addOption(scheme())
    .option('--at <time>', 'when it is signed: RFC 3339, or seconds since 1970; default: now')
    .option('--nonce <nonce>', 'its one-time value; default: random')
    .option('--show-secrets', 'do not mask them')
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals();
      if (options.scheme === undefined) await (await import('./sign.ts')).sign(options);
      else await (await import('./schemes/index.ts')).signByScheme({ ...options, scheme: options.scheme });
    });
}

function addVerify(program: Command): void {
  program
    .command('verify')
    .description('whether a notification or a callback is the platform’s, and if not, at which step it fails')
    .option('--platform <id>')
    .option('--headers-file <file>', 'its headers: lines of "Name: value", or JSON')
    .option('--body-file <file>', 'its body, byte for byte')
    .option('--secret-file <file>', 'the secret, one a line; or JSON')
    .option('--url <url>', 'the address it came to, with its query')
    .option('--method <method>')
    .option('--step <step>', 'it is this callback')
    .option('--notification', 'it is a notification')
    .addOption(scheme())
    .option('--at <time>', 'the time to judge by; default: now')
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals();
      if (options.scheme === undefined) await (await import('./verify.ts')).verify(options);
      else await (await import('./schemes/index.ts')).verifyByScheme({ ...options, scheme: options.scheme });
    });
}

function addPlatforms(program: Command): void {
  const platforms = program
    .command('platforms')
    .description('what can be connected, and how; platforms of your own');
  platforms
    .command('list', { isDefault: true })
    .description('ours, and those of MOORING_PLATFORMS')
    .action(async (_options: unknown, command: Command) => {
      await (await import('./platform-list.ts')).listKnown(command.optsWithGlobals());
    });
  platforms
    .command('show <id>')
    .description('one of them')
    .action(async (id: string, _options: unknown, command: Command) => {
      await (await import('./platform-list.ts')).showKnown(id, command.optsWithGlobals());
    });
  platforms
    .command('check <folder>')
    .description('everything that is wrong with the modules of a folder, as file: field: rule')
    .action(async (folder: string, _options: unknown, command: Command) => {
      await (await import('./platform-check.ts')).checkFolder(folder, command.optsWithGlobals());
    });
  platforms
    .command('new <id>')
    .description('write a platform to begin with, its fixtures and its test')
    .option('--folder <folder>', 'where; default: here')
    .action(async (id: string, _options: unknown, command: Command) => {
      await (await import('./platform-new.ts')).newPlatform(id, command.optsWithGlobals());
    });
  platforms
    .command('try <folder>')
    .description(
      'run its fixtures through its mappers; with a credential, read one real page of each resource',
    )
    .option('--platform <id>', 'which, where the folder has several')
    .option('--credential-file <file>', 'as for sign; what a merchant enters is exchanged first')
    .option('--shop <name=value...>', 'shop fields, beside those of the credential file')
    .option('--kind <kind>', 'which kind of credential')
    .option('--records', 'show the first record of each')
    .action(async (folder: string, _options: unknown, command: Command) => {
      await (await import('./platform-try.ts')).tryFolder(folder, command.optsWithGlobals());
    });
}

function addMock(program: Command): void {
  program
    .command('mock')
    .description('start the simulated platforms alone; Ctrl-C ends them')
    .option('--port <port>', 'default: 4010; 0: any that is free', '4010')
    .option('--platform <id...>', 'show these alone')
    .option('--seed <seed>', 'another one makes other records')
    .action(async (_options: unknown, command: Command) => {
      await (await import('./mock.ts')).mock(command.optsWithGlobals());
    });
}
