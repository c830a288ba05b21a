// Plaintext of a secret is made and read in few places, and those are named here. A new one is a decision, not a slip.
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDERS = [
  'activities',
  'auth',
  'cli',
  'domain',
  'egress',
  'http',
  'platforms',
  'store',
  'worker',
  'workflows',
];

/** Opens what was sealed. http/idempotency.ts: the answer to a repeated request, such as a link or a key made before. */
const OPENING = {
  pattern: /\bvault\.open\(/,
  // egress/endpoint-keys.ts: what deliveries are signed with.
  // egress/privacy-subject.ts: whom a request to erase concerns. egress/receive.ts: what notifications are verified with.
  files: [
    'egress/endpoint-keys.ts',
    'egress/open.ts',
    'egress/privacy-subject.ts',
    'egress/receive.ts',
    'http/idempotency.ts',
  ],
};
/** Reads the text of an opened secret: to sign, to exchange, to verify, to hide it. */
const REVEALING = {
  pattern: /\.reveal\(/,
  files: [
    'auth/adopt.ts',
    'auth/callback-signature.ts',
    'auth/context.ts',
    'auth/grant.ts',
    'auth/issuer.ts',
    'auth/received.ts',
    'auth/signed-text.ts',
    'auth/standard-webhooks.ts',
    'egress/redact.ts',
    'http/idempotency.ts',
  ],
};

const sources = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((file) => `${folder}/${file.split(sep).join('/')}`)
    .filter((file) => file.endsWith('.ts') && !file.startsWith('store/generated/'))
    .map((file) => ({ file, text: readFileSync(join(ROOT, file), 'utf8') })),
);

test.each([
  ['opened', OPENING],
  ['revealed', REVEALING],
])('a secret is %s in the named files alone', (_what, { pattern, files }) => {
  const found = sources.filter(({ text }) => pattern.test(text)).map(({ file }) => file);
  expect(found.sort()).toEqual(files);
});
