// HMAC over a text that the input spells out: what was signed verifies, and one thing that is wrong does not.
import { describe, expect, it } from 'vitest';
import { InputError } from '../../cli/input.ts';
import { signHmac, verifyHmac } from '../../cli/schemes/hmac.ts';
import { AT, MOMENT, sent } from './scheme-moment.ts';

describe('hmac', () => {
  const data = {
    key: 'k',
    algorithm: 'sha256',
    encoding: 'hex',
    message: ['{method}', '{path}', '{parameters}', '{body}'],
    separator: '\n',
  };
  const parameters = { from: 'query', except: ['sign'] };
  const request = { method: 'POST', url: 'https://p.example/v1/orders?b=2&a=1', body: '{"x":1}' };

  it('signs a text that the input spells out, shows it, and verifies it', async () => {
    const query = { timestamp: '{timestamp}', sign: '{signature}' };
    const signed = await signHmac({ request, ...data, parameters, query }, MOMENT);
    expect(signed.made['baseString']).toBe(`POST\n/v1/orders\na=1&b=2&timestamp=${AT}\n{"x":1}`);
    expect(signed.request.url).toBe(
      `https://p.example/v1/orders?b=2&a=1&timestamp=${AT}&sign=${signed.signature}`,
    );
    const received = { request: sent(signed), ...data, parameters, in: { parameter: 'sign' } };
    const timed = { ...received, timestamp: { in: { parameter: 'timestamp' } } };
    expect(await verifyHmac(timed, MOMENT.nowMs)).toMatchObject({ verified: true });
    expect((await verifyHmac({ ...timed, key: ['new', 'k'] }, MOMENT.nowMs)).verified).toBe(true);
    expect((await verifyHmac({ ...timed, key: 'other' }, MOMENT.nowMs)).step).toBe('signature');
    expect((await verifyHmac({ ...timed, algorithm: 'sha1' }, MOMENT.nowMs)).step).toBe('algorithm');
    expect((await verifyHmac({ ...timed, encoding: 'base64' }, MOMENT.nowMs)).step).toBe('encoding');
    expect((await verifyHmac(timed, MOMENT.nowMs + 301_000)).step).toBe('timestamp');
    expect((await verifyHmac({ ...timed, in: { header: 'x' } }, MOMENT.nowMs)).step).toBe('missing');
  });

  it.each<[string, string | string[], 'hex' | 'base64', string]>([
    ['hex', 'zz-own-key', 'hex', '/key: is not hex'],
    ['whole hex', 'abc', 'hex', '/key: is not hex'],
    ['base64, the second of two', ['a2V5', '!own-key'], 'base64', '/key/1: is not base64'],
  ])(
    'judges nothing by a key that is not %s, as it is said to be, and does not show it',
    async (_what, key, keyEncoding, told) => {
      const received = { request, ...data, key, keyEncoding, in: { parameter: 'a' } };
      const error = await verifyHmac(received, MOMENT.nowMs).catch((one: unknown) => one);
      expect(error).toBeInstanceOf(InputError);
      expect(String(error)).toContain(told);
      expect(String(error)).not.toContain('own-key');
    },
  );

  const PLAIN_FORM = { 'content-type': 'application/x-www-form-urlencoded' };
  const FORM = { 'Content-Type': 'Application/x-www-form-urlencoded; charset=utf-8' };
  it.each<[string, object, object]>([
    ['values beyond ASCII', {}, { message: ['{shop}'], values: { shop: 'Ł café 你' } }],
    ['a text beyond ASCII', {}, { message: ['Größe:{path}', '€'] }],
    ['a separator beyond ASCII', {}, { separator: '·' }],
    ['the query alone where the body is a form', { headers: PLAIN_FORM, body: 'c=3' }, { parameters }],
    ['query and form', { headers: FORM, body: 'c=3&b=4' }, { parameters: { from: 'form' } }],
    ['a name that is there twice', { url: 'https://p.example/?a=2&a=1' }, { parameters }],
    ['names in their order', { url: 'https://p.example/?b=1&10=2&9=3' }, { parameters: { sort: false } }],
    ['host and MD5 of the body', { url: 'https://P.example:8443/' }, { message: ['{host}', '{bodyMd5}'] }],
  ])('verifies what it signed: %s', async (_what, sending, more) => {
    const asked = { ...data, ...more };
    const given = { request: { ...request, ...sending }, ...asked };
    const signed = await signHmac({ ...given, headers: { 'x-sig': '{signature}' } }, MOMENT);
    const received = { request: sent(signed), ...asked, in: { header: 'x-sig' } };
    expect(await verifyHmac(received, MOMENT.nowMs)).toMatchObject({ verified: true });
  });

  it('does not take one text for another that has the same low bytes', async () => {
    const told = { ...data, message: ['{shop}'] };
    const headers = { 'x-sig': '{signature}' };
    const signed = await signHmac({ request, ...told, headers, values: { shop: 'A' } }, MOMENT);
    const received = { request: sent(signed), ...told, in: { header: 'x-sig' }, values: { shop: 'Ł' } };
    expect((await verifyHmac(received, MOMENT.nowMs)).step).toBe('signature');
  });

  it.each(['timestamp', 'nonce', 'uuid', 'signature'])(
    'refuses {%s} by its name, which nothing received has',
    async (name) => {
      const received = { request, ...data, message: [`{${name}}`], in: { parameter: 'a' } };
      await expect(verifyHmac(received, MOMENT.nowMs)).rejects.toThrow(`/values: ${name}`);
      const given = { ...received, values: { [name]: '1' } };
      expect((await verifyHmac(given, MOMENT.nowMs)).verified).toBe(false);
    },
  );

  it('takes a brace in a value for a brace', async () => {
    const signed = await signHmac(
      { request, ...data, message: ['{own}'], values: { own: '{body}' } },
      MOMENT,
    );
    expect(signed.made['baseString']).toBe('{body}');
  });
});
