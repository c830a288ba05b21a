// Token answers that are not what was documented, over every way to mint: each has its rule and a code that stays.
import { describe, expect, test } from 'vitest';
import { obtainCredential } from '../../auth/index.ts';
import type { AuthMethod, TokenAnswer } from '../../domain/platform.ts';
import { type Answer, BEARER, NOW_MS, platformWith, play } from './exchanging.ts';

const FIVE_MINUTES_MS = 300_000;

async function mint(
  answer: Answer,
  tokenAnswer: Partial<TokenAnswer> = {},
  change: Partial<AuthMethod> = {},
  nowMs = NOW_MS,
) {
  const method = { ...BEARER, tokenAnswer: { accessToken: 'access_token', ...tokenAnswer }, ...change };
  return await obtainCredential(
    play({ platform: platformWith([method]), answers: [answer], more: { nowMs } }).context,
    'pasted',
  );
}

const expiresIn = { path: 'expires_in', unit: 'seconds' } as const;

describe('a lifetime', () => {
  test.each<[string, unknown, number]>([
    ['a number', 90, 90],
    ['text', '90', 90],
    ['absent: the data’s default', undefined, 600],
    ['null: the data’s default', null, 600],
    ['longer than there are dates: thirty years', 1e15, 1e9],
  ])('%s', async (_why, told, lifetimeS) => {
    const issued = await mint({ body: { access_token: 'at', expires_in: told } }, { expiresIn });
    expect(issued).toMatchObject({ lifetimeS, expiresAtMs: NOW_MS + lifetimeS * 1000 });
  });

  test.each([['soon'], [-1], [true], [{}], ['1e9x']])('%j is none: refused', async (told) => {
    await expect(
      mint({ body: { access_token: 'at', expires_in: told } }, { expiresIn }),
    ).rejects.toMatchObject({
      code: 'platform_answer_invalid',
    });
  });

  test.each([['seconds'], ['epoch_seconds'], ['epoch_milliseconds'], ['iso8601']] as const)(
    'told as %s is the same with a clock of ours five minutes off, either way',
    async (unit) => {
      const endMs = NOW_MS + 3_600_000;
      const told = {
        seconds: 3600,
        epoch_seconds: endMs / 1000,
        epoch_milliseconds: endMs,
        iso8601: new Date(endMs).toISOString(),
      }[unit];
      const headers = { date: new Date(NOW_MS).toUTCString() };
      for (const skewMs of [-FIVE_MINUTES_MS, 0, FIVE_MINUTES_MS]) {
        const nowMs = NOW_MS + skewMs;
        const answer = { headers, body: { access_token: 'at', end: told } };
        const issued = await mint(answer, { expiresIn: { path: 'end', unit } }, {}, nowMs);
        expect(issued).toMatchObject({ lifetimeS: 3600, expiresAtMs: nowMs + 3_600_000 });
      }
    },
  );

  test('a Date that is a day off is a mistake, and is not believed', async () => {
    const headers = { date: new Date(NOW_MS - 90_000_000).toUTCString() };
    const answer = { headers, body: { access_token: 'at', end: NOW_MS / 1000 + 60 } };
    expect(await mint(answer, { expiresIn: { path: 'end', unit: 'epoch_seconds' } })).toMatchObject({
      lifetimeS: 60,
    });
  });
});

describe('a token type', () => {
  test.each([
    ['Bearer', {}],
    ['bearer', {}],
    [undefined, {}],
    ['User Access Token', { tokenTypes: ['User Access Token'] }],
  ])('%j is taken', async (type, form) => {
    expect(await mint({ body: { access_token: 'at', token_type: type } }, form)).toMatchObject({
      parts: { accessToken: 'at' },
    });
  });

  test.each([['mac'], ['N_A'], ['dpop'], ['User Access Token'], [7], [['mac']]])(
    '%j that the data does not know is refused (RFC 6749 § 7.1)',
    async (type) => {
      await expect(mint({ body: { access_token: 'at', token_type: type } })).rejects.toMatchObject({
        code: 'platform_answer_invalid',
      });
    },
  );
});

describe('what is no answer', () => {
  test.each<[string, Answer, string]>([
    ['a page', { body: '<!doctype html><title>Welcome</title>' }, 'platform_answer_invalid'],
    ['a page with a status', { status: 503, body: '<html>' }, 'platform_down'],
    ['nothing', { body: '' }, 'platform_answer_invalid'],
    ['a list', { body: [] }, 'platform_answer_invalid'],
    ['text', { body: '"at"' }, 'platform_answer_invalid'],
    ['a form where JSON is wanted', { body: 'access_token=at' }, 'platform_answer_invalid'],
    ['no token', { body: { token_type: 'Bearer' } }, 'platform_answer_invalid'],
    ['an empty token', { body: { access_token: '' } }, 'platform_answer_invalid'],
    ['a token that breaks a header', { body: { access_token: 'a\r\nx: 1' } }, 'platform_answer_invalid'],
    ['a token that is an object', { body: { access_token: { a: 1 } } }, 'platform_answer_invalid'],
    ['a member of the prototype', { body: '{"__proto__":{"access_token":"at"}}' }, 'platform_answer_invalid'],
    ['invalid_client', { status: 401, body: { error: 'invalid_client' } }, 'registration_rejected'],
    ['invalid_grant', { status: 400, body: { error: 'invalid_grant' } }, 'credential_rejected'],
    ['slow down', { status: 429, headers: { 'retry-after': '7' }, body: {} }, 'platform_rate_limited'],
  ])('%s has a code', async (_why, answer, code) => {
    await expect(mint(answer)).rejects.toMatchObject({ code });
  });
});
