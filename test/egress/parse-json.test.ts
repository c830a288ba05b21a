// Reading platforms' JSON: no digit lost, no prototype chosen by text, no nesting without end.
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../egress/parse-json.ts';

describe('a platform’s JSON', () => {
  it.each([
    ['an ordinary integer is a number', '{"a":42}', { a: 42 }],
    ['an ordinary decimal is a number', '{"a":[19.99,-0.5]}', { a: [19.99, -0.5] }],
    ['the largest safe integer is a number', '{"a":9007199254740991}', { a: 9007199254740991 }],
    ['an integer beyond 2^53 is its text', '{"a":9007199254740993}', { a: '9007199254740993' }],
    ['a negative one too', '{"a": -9007199254740993}', { a: '-9007199254740993' }],
    ['a long decimal is its text', '{"a":[1,0.12345678901234567891]}', { a: [1, '0.12345678901234567891'] }],
    ['a long amount of money is its text', '{"a":12345678901234567.89}', { a: '12345678901234567.89' }],
    ['a number no double can hold is its text', '{"a":1e400}', { a: '1e400' }],
    ['an ordinary exponent is a number', '{"a":1e3}', { a: 1000 }],
    ['a number alone is read too', '12345678901234567890', '12345678901234567890'],
    ['digits in a string stay a string', '{"a":"9007199254740993"}', { a: '9007199254740993' }],
    [
      'a long number after a string with quotes',
      '{"a":"\\"x","b":9007199254740993}',
      { a: '"x', b: '9007199254740993' },
    ],
    ['NUL in a string is a string', '{"a":"\\u0000"}', { a: '\u0000' }],
  ])('%s', (_why, text, expected) => {
    expect(parseJson(text)).toEqual(expected);
  });

  it.each([
    '{"__proto__":{"admin":true},"a":1}',
    '{"\\u005f_proto__":{"admin":true},"a":1}',
    '{"__proto__":{"admin":9007199254740993},"a":1}',
    '{"\\u005F\\u005Fproto__":{},"a":1}',
    '{"__pr\\u006fto__":{},"a":1}',
  ])('never chooses a prototype: %s', (text) => {
    const parsed = parseJson(text);
    expect(parsed).toEqual({ a: 1 });
    expect(Object.assign({}, parsed)).not.toHaveProperty('admin');
    expect({}).not.toHaveProperty('admin');
  });

  it('that nests a hundred thousand deep is refused, not a crash', () => {
    expect(() => parseJson('['.repeat(100_000))).toThrowError(
      expect.objectContaining({ code: 'platform_answer_invalid' }),
    );
    expect(() => parseJson(`${'{"a":'.repeat(101)}1${'}'.repeat(101)}`)).toThrowError(
      expect.objectContaining({ code: 'platform_answer_invalid' }),
    );
    expect(parseJson(`${'['.repeat(100)}${']'.repeat(100)}`)).toHaveLength(1);
    expect(parseJson(`["${'['.repeat(200)}"]`)).toHaveLength(1);
  });

  it('that is broken is refused without quoting it', () => {
    for (const text of [
      '{"access_token":"canary-7f3a"',
      '{"a":9007199254740993,"t":"canary-7f3a"',
      '<html>canary-7f3a</html>',
      '',
    ]) {
      const refusal = failureOf(() => parseJson(text));
      expect(refusal).toMatchObject({ code: 'platform_answer_invalid' });
      expect(refusal).not.toHaveProperty('cause');
      expect(String(refusal)).not.toContain('canary');
    }
  });
});

function failureOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}
