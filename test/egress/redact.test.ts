// What may be shown: canaries planted in every place a secret is seen must not come out in any form.
import { describe, expect, it } from 'vitest';
import { Secret } from '../../domain/secret.ts';
import { hideValues, redactBody, redactHeaders, redactUrl } from '../../egress/redact.ts';

const CANARY = 'shpat_ca/na+ry="7f3a';
const FORMS = [
  CANARY,
  encodeURIComponent(CANARY),
  JSON.stringify(CANARY).slice(1, -1),
  Buffer.from(CANARY).toString('base64'),
  Buffer.from(CANARY).toString('base64url'),
  Buffer.from(CANARY).toString('hex'),
];

function expectNoCanary(text: string): void {
  for (const form of FORMS) expect(text).not.toContain(form);
}

describe('redaction', () => {
  it.each([
    'authorization',
    'Cookie',
    'Set-Cookie',
    'X-Shopify-Access-Token',
    'x-api-key',
    'X-Signature',
    'proxy-authorization',
  ])('hides the header %s', (name) => {
    expectNoCanary(JSON.stringify(redactHeaders({ [name]: CANARY, accept: 'application/json' })));
  });

  it.each([
    'access_token',
    'sign',
    'code',
    'hmac',
    'consumer_key',
    'consumer_secret',
    'refresh_token',
    'api_key',
    'state',
    'jwt',
  ])('hides the parameter %s', (name) => {
    const shown = redactUrl(`https://a.example/p?limit=5&${name}=${encodeURIComponent(CANARY)}`);
    expectNoCanary(shown);
    expect(shown).toContain('limit=5');
  });

  it('hides parameters a signer names, userinfo and what is no address', () => {
    expectNoCanary(redactUrl(`https://a.example/?partner=${encodeURIComponent(CANARY)}`, ['partner']));
    expectNoCanary(redactUrl(`https://u:${encodeURIComponent(CANARY)}@a.example/`));
    expectNoCanary(redactUrl(`not an address ${CANARY}`));
  });

  it.each([
    ['JSON', JSON.stringify({ a: { access_token: CANARY }, list: [{ password: CANARY }], shop: 'x' })],
    ['a form', new URLSearchParams({ client_secret: CANARY, grant_type: 'x' }).toString()],
    ['text', `the header Authorization: Bearer ${CANARY} was bad`],
    ['broken JSON', `{"refresh_token": ${JSON.stringify(CANARY)}, "a":`],
  ])('hides secret fields by name in %s', (_form, body) => {
    expectNoCanary(redactBody(body, [new Secret(CANARY)]));
  });

  it('hides JSON fields by name although nobody told their value', () => {
    expectNoCanary(redactBody(JSON.stringify({ access_token: CANARY, keys: [{ secret: CANARY }] })));
    expectNoCanary(redactBody(JSON.stringify({ token: { nested: 'x' }, expires_in: 3600, apiKey: CANARY })));
  });

  it('hides known values in every form, wherever they stand', () => {
    for (const form of FORMS) expectNoCanary(hideValues(`<b>${form}</b>`, [new Secret(CANARY)]));
  });

  it('hides a password within the base64 of a Basic header, wherever it begins', () => {
    const secret = 'canary+/=%-7be1c90d';
    for (const name of ['a', 'ab', 'abc']) {
      const shown = hideValues(Buffer.from(`${name}:${secret}:end`).toString('base64'), [new Secret(secret)]);
      expect(Buffer.from(shown.replaceAll('[redacted]', ''), 'base64').toString()).not.toContain('7be1c9');
      expect(shown).toContain('[redacted]');
    }
  });

  it('shows no more than its limit', () => {
    expect(redactBody('x '.repeat(10_000), [], 100).length).toBeLessThan(140);
  });
});
