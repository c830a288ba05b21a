// The commands that speak to no API: they work on files, platform data and the sandbox alone. What a command needs is loaded when it runs, so
// that the others start as fast as before.
import { type Command, Option } from 'commander';

/** Adds them to the program. */
export function addLocalCommands(program: Command): void {
  addSign(program);
  addVerify(program);
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
