// What we sign, judged by Standard Webhooks' own libraries in JavaScript and Python. Python's is installed into a folder of the user's cache; where
// there is no Python, that half is left out and says so.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Webhook } from 'standardwebhooks';
import { beforeAll, describe, expect, test } from 'vitest';
import { newWebhookKey, webhookHeaders } from '../../auth/standard-webhooks.ts';
import { Secret } from '../../domain/secret.ts';

const run = promisify(execFile);
const HOME = join(
  process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
  'mooring',
  'standardwebhooks-1.1.0',
);
const PYTHON = join(HOME, 'bin', 'python');

const VERIFY = `
import json, sys
from standardwebhooks import Webhook, WebhookVerificationError
for case in json.load(sys.stdin):
    try:
        Webhook(case["secret"]).verify(case["body"], case["headers"])
        print("taken")
    except WebhookVerificationError as error:
        print("refused")
`;

interface Case {
  readonly why: string;
  readonly secret: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly verdict: 'taken' | 'refused';
}

const nowS = Math.floor(Date.now() / 1000);
const keyOf = (secret: string, kind: 'hmac' | 'ed25519' = 'hmac') => ({ kind, secret: new Secret(secret) });
const [old, young, pair] = [newWebhookKey('hmac'), newWebhookKey('hmac'), newWebhookKey('ed25519')];
const message = {
  id: 'evt_01kaz7w0v9e7x8m3q2p4r6t8y0',
  timestampS: nowS,
  body: '{"name":"Größe ☃","of":"evil\\u0000"}',
};
const both = webhookHeaders([keyOf(young.secret), keyOf(old.secret)], message);
const mixed = webhookHeaders([keyOf(pair.secret, 'ed25519'), keyOf(old.secret)], message);
const late = webhookHeaders([keyOf(old.secret)], { ...message, timestampS: nowS - 301 });

const CASES: readonly Case[] = [
  ...Array.from({ length: 20 }, (_, n): Case => {
    const { secret } = newWebhookKey('hmac');
    const body = JSON.stringify({ n, text: 'ä'.repeat(n * 7) });
    const headers = webhookHeaders([keyOf(secret)], { id: `evt_${n}`, timestampS: nowS, body });
    return { why: `message ${n}`, secret, body, headers, verdict: 'taken' };
  }),
  {
    why: 'the former secret while another signs too',
    secret: old.secret,
    body: message.body,
    headers: both,
    verdict: 'taken',
  },
  { why: 'the next secret', secret: young.secret, body: message.body, headers: both, verdict: 'taken' },
  { why: 'HMAC beside Ed25519', secret: old.secret, body: message.body, headers: mixed, verdict: 'taken' },
  {
    why: 'another secret',
    secret: newWebhookKey('hmac').secret,
    body: message.body,
    headers: both,
    verdict: 'refused',
  },
  { why: 'a changed body', secret: old.secret, body: `${message.body} `, headers: both, verdict: 'refused' },
  {
    why: 'another id',
    secret: old.secret,
    body: message.body,
    headers: { ...both, 'webhook-id': 'evt_2' },
    verdict: 'refused',
  },
  {
    why: 'another time',
    secret: old.secret,
    body: message.body,
    headers: { ...both, 'webhook-timestamp': String(nowS - 1) },
    verdict: 'refused',
  },
  { why: 'six minutes later', secret: old.secret, body: message.body, headers: late, verdict: 'refused' },
];

/** Why Python's library cannot judge here; null when it can. */
let missing: string | null = null;
beforeAll(async () => {
  if (existsSync(PYTHON)) return;
  try {
    await run('python3', ['-m', 'venv', HOME]);
    await run(PYTHON, [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      'standardwebhooks==1.1.0',
    ]);
  } catch (error) {
    await rm(HOME, { recursive: true, force: true });
    missing = error instanceof Error ? error.message.slice(0, 200) : String(error);
  }
}, 120_000);

describe('Standard Webhooks', () => {
  test.each(CASES)(
    'its JavaScript library and we agree on $why: $verdict',
    ({ secret, body, headers, verdict }) => {
      const verify = () => new Webhook(secret).verify(body, { ...headers });
      if (verdict === 'taken') expect(verify()).toEqual(JSON.parse(body));
      else expect(verify).toThrow();
    },
  );

  test('its Python library and we agree on all of them', async (context) => {
    if (missing !== null) context.skip(`Python's standardwebhooks cannot be had here: ${missing}`);
    const asking = run(PYTHON, ['-c', VERIFY]);
    asking.child.stdin?.end(JSON.stringify(CASES));
    const { stdout } = await asking;
    expect(stdout.trim().split('\n')).toEqual(CASES.map(({ verdict }) => verdict));
  });

  test('a secret is of the form and the size that it asks for', () => {
    expect(old.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(pair.secret).toMatch(/^whsk_[A-Za-z0-9+/]{43}=$/);
    expect(pair.publicKey).toMatch(/^whpk_[A-Za-z0-9+/]{43}=$/);
  });

  test('an id with a dot is never signed: it could be taken apart in another way', () => {
    expect(() => webhookHeaders([keyOf(old.secret)], { ...message, id: 'a.b' })).toThrow(/message's id/);
  });
});
