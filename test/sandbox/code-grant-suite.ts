// What holds for every authorization code grant of the sandbox, told once: each platform's test says how it is asked.
import { beforeEach, describe, expect, it } from 'vitest';
import { type Answer, appOf, approveAt, type World } from './calling.ts';

export interface GrantCase {
  readonly platform: string;
  readonly wish: Record<string, unknown>;
  readonly host: string;
  readonly path: string;
  asked(): Promise<Record<string, string>>;
  /** Parameters that spoil the question, each with why. */
  readonly spoilt: readonly (readonly [string, Record<string, string>])[];
  readonly codeName?: string;
  /** What comes back beside code and state. */
  readonly back: Record<string, string>;
  readonly denied: string | null;
  exchange(code: string): Promise<Answer>;
  readonly refusal: RegExp;
  refresh?(token: string): Promise<Answer>;
  readonly rotates: boolean;
  call(token: string): Promise<Answer>;
  readonly codeTtlS: number;
  readonly accessTtlS?: number;
  readonly refreshTtlS?: number;
  /** What a call with a dead token is answered. */
  readonly dead: number;
  readonly tokens?: (answer: Answer) => { access: string; refresh: string };
}

const usual = ({ json }: Answer) => ({ access: json?.access_token, refresh: json?.refresh_token });

/** Long enough for those who count it. */
const STATE = 'st4te-of-this-approval';

/** Registers the tests; `world` is asked for when they run. */
export function itGrantsByCode(world: () => World, grant: GrantCase): void {
  const tokensOf = grant.tokens ?? usual;
  const key = async () => {
    const { json } = await world().control('/shops');
    return encodeURIComponent(
      json.data.find((one: { platform: string }) => one.platform === grant.platform).key,
    );
  };
  const approve = async (over: Record<string, string> = {}, decision: 'approve' | 'deny' = 'approve') => {
    const params = Object.entries({ ...(await grant.asked()), state: STATE, ...over });
    const query = new URLSearchParams(params.filter(([, value]) => value !== ''));
    return approveAt(world(), grant.host, `${grant.path}?${query}`, decision);
  };
  const codeOf = (back: URLSearchParams) => back.get(grant.codeName ?? 'code') ?? '';
  const connect = async () => tokensOf(await grant.exchange(codeOf(await approve())));

  describe('the code grant', () => {
    beforeEach(async () => {
      await world().control('/reset', {});
      await world().control('/shops', {
        platform: grant.platform,
        orders: 9,
        products: 4,
        customers: 3,
        ...grant.wish,
      });
    });

    it('sends back code and state, and gives tokens that work', async () => {
      const back = await approve();
      expect(back.get('state')).toBe(STATE);
      expect(Object.fromEntries(back)).toMatchObject(grant.back);
      const { access } = tokensOf(await grant.exchange(codeOf(back)));
      expect((await grant.call(access)).status).toBe(200);
    });

    it.each(grant.spoilt)('is refused for %s', async (_, over) => {
      expect(codeOf(await approve(over))).toBe('');
    });

    it('tells of a denial as the platform does', async () => {
      const back = await approve({}, 'deny');
      expect([codeOf(back), back.get('error')]).toEqual(['', grant.denied]);
    });

    it('takes a code once, and in its time', async () => {
      const code = codeOf(await approve());
      expect((await grant.exchange(code)).status).toBe(200);
      expect((await grant.exchange(code)).text).toMatch(grant.refusal);
      const late = codeOf(await approve());
      await world().control('/clock', { offsetMs: grant.codeTtlS * 1000 + 1_000 });
      expect((await grant.exchange(late)).text).toMatch(grant.refusal);
    });

    it('is refused to a client whose secret is rejected', async () => {
      await world().control(`/apps/${grant.platform}`, { rejecting: true });
      const answer = await grant.exchange(codeOf(await approve()));
      expect(tokensOf(answer).access).toBeUndefined();
      expect((await appOf(world(), grant.platform)).secret).toBeTruthy();
    });

    it('is over once the merchant ends it', async () => {
      const { access } = await connect();
      await world().control(`/shops/${await key()}/uninstall`, {});
      expect((await grant.call(access)).status).toBe(grant.dead);
    });

    const { accessTtlS } = grant;
    if (accessTtlS === undefined) return;
    it('gives an access token for its time', async () => {
      const { access } = await connect();
      await world().control('/clock', { offsetMs: accessTtlS * 1000 - 5_000 });
      expect((await grant.call(access)).status).toBe(200);
      await world().control('/clock', { offsetMs: accessTtlS * 1000 + 5_000 });
      expect((await grant.call(access)).status).toBe(grant.dead);
    });
  });

  const { refresh } = grant;
  if (refresh === undefined) return;
  describe('refresh', () => {
    beforeEach(async () => {
      await world().control('/reset', {});
      await world().control('/shops', {
        platform: grant.platform,
        orders: 9,
        products: 4,
        customers: 3,
        ...grant.wish,
      });
    });

    it(
      grant.rotates ? 'rotates: a used refresh token is dead' : 'keeps its refresh token over many uses',
      async () => {
        const first = await connect();
        const second = tokensOf(await refresh(first.refresh));
        expect((await grant.call(second.access)).status).toBe(200);
        if (grant.rotates) {
          expect(second.refresh).not.toBe(first.refresh);
          const both = await Promise.all([1, 2].map(() => refresh(second.refresh)));
          expect(both.map((one) => tokensOf(one).access !== undefined).sort()).toEqual([false, true]);
          expect((await refresh(first.refresh)).text).toMatch(grant.refusal);
          return;
        }
        for (let n = 0; n < 8; n += 1) expect((await refresh(first.refresh)).status).toBe(200);
      },
    );

    it('is refused for an unknown token, an ended grant, and after its time', async () => {
      const { refresh: token } = await connect();
      expect((await refresh('unknown')).text).toMatch(grant.refusal);
      if (grant.refreshTtlS !== undefined) {
        await world().control('/clock', { offsetMs: grant.refreshTtlS * 1000 + 5_000 });
        expect((await refresh(token)).text).toMatch(grant.refusal);
        await world().control('/clock', { offsetMs: 0 });
      }
      await world().control(`/shops/${await key()}/reject-grant`, {});
      expect((await refresh(token)).text).toMatch(grant.refusal);
    });
  });
}

/** Follows a list to its end: every page's items, until `next` has no more. */
export async function readAll(
  first: string,
  read: (place: string) => Promise<{ items: unknown[]; next: string | null }>,
  // biome-ignore lint/suspicious/noExplicitAny: records of a platform, looked into field by field
): Promise<any[]> {
  const all: unknown[] = [];
  for (let place: string | null = first, pages = 0; place !== null; pages += 1) {
    if (pages > 200) throw new Error('the list does not end');
    const page: { items: unknown[]; next: string | null } = await read(place);
    all.push(...page.items);
    place = page.next;
  }
  return all;
}
