// A callback is believed only when the platform signed all of it, lately, with a secret of ours.
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verifyCallback } from '../../auth/index.ts';
import type { CallbackSignature } from '../../domain/platform.ts';
import { Secret } from '../../domain/secret.ts';

const SECRET = 'hush';
const NOW_MS = 1_700_000_000_000;
const SIGNATURE: CallbackSignature = {
  parameter: 'hmac',
  algorithm: 'hmac-sha256',
  encoding: 'hex',
  message: 'sorted_query',
  except: ['hmac', 'signature'],
  timestamp: { parameter: 'timestamp', toleranceS: 90 },
};
const PARAMETERS = {
  code: 'c0de',
  shop: 'a.myshopify.com',
  state: 's',
  timestamp: String(NOW_MS / 1_000),
  host: 'YWJj',
};

/** As the platform's own SDK does: sorted, form-encoded, joined. */
function signed(parameters: Record<string, string>, secret = SECRET): Record<string, string> {
  const entries = Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1));
  const message = new URLSearchParams(entries).toString();
  return { ...parameters, hmac: createHmac('sha256', secret).update(message).digest('hex') };
}

const verify = (parameters: Record<string, string>, nowMs = NOW_MS, secrets = [new Secret(SECRET)]) =>
  verifyCallback(SIGNATURE, secrets, parameters, nowMs);

describe('a callback’s signature', () => {
  test('the example of Shopify’s documentation verifies', () => {
    // shopify.dev, «Verify a request»: shop, timestamp and code of that page, with the key "hush".
    const parameters = {
      code: '0907a61c0c8d55e99db179b68161bc00',
      hmac: '700e2dadb827fcc8609e9d5ce208b2e9cdaab9df07390d2cbca10d7c328fc4bf',
      shop: 'some-shop.myshopify.com',
      state: '0.6784241404160823',
      timestamp: '1337178173',
    };
    expect(verify(parameters, 1_337_178_173_000)).toEqual({ ok: true });
  });

  test('a parameter with spaces, plus signs and other alphabets verifies', () => {
    expect(verify(signed({ ...PARAMETERS, note: 'a b+c&d=é%20ü*' }))).toEqual({ ok: true });
  });

  test('a secret that is being replaced still verifies', () => {
    const secrets = [new Secret('new'), new Secret(SECRET)];
    expect(verify(signed(PARAMETERS), NOW_MS, secrets)).toEqual({ ok: true });
    expect(verify(signed(PARAMETERS), NOW_MS, [])).toEqual({ ok: false, at: 'signature' });
  });

  test.each([
    ['no signature', (p: Record<string, string>) => ({ ...p, hmac: '' }), 'missing'],
    ['another secret', () => signed(PARAMETERS, 'other'), 'signature'],
    [
      'upper case',
      (p: Record<string, string>) => ({ ...p, hmac: (p['hmac'] ?? '').toUpperCase() }),
      'signature',
    ],
    [
      'cut short',
      (p: Record<string, string>) => ({ ...p, hmac: (p['hmac'] ?? '').slice(0, 32) }),
      'signature',
    ],
    ['one parameter more', (p: Record<string, string>) => ({ ...p, extra: '1' }), 'signature'],
    ['another shop', (p: Record<string, string>) => ({ ...p, shop: 'b.myshopify.com' }), 'signature'],
    ['too old', () => signed({ ...PARAMETERS, timestamp: String(NOW_MS / 1_000 - 91) }), 'timestamp'],
    ['from the future', () => signed({ ...PARAMETERS, timestamp: String(NOW_MS / 1_000 + 91) }), 'timestamp'],
    ['a time that is none', () => signed({ ...PARAMETERS, timestamp: '1e9' }), 'timestamp'],
  ])('%s is refused', (_name, change, at) => {
    expect(verify(change(signed(PARAMETERS)))).toEqual({ ok: false, at });
  });

  test('no change of any parameter goes unseen', () => {
    const whole = signed(PARAMETERS);
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(PARAMETERS)), fc.string(), (name, value) => {
        fc.pre(whole[name] !== value);
        expect(verify({ ...whole, [name]: value }).ok).toBe(false);
      }),
    );
  });
});
