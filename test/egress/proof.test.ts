// A credential is proved by a real call before it is saved, over real PostgreSQL, vault and HTTP.
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../domain/secret.ts';
import { doorForTests } from './door.ts';
import { exchangeOf, failure } from './use.ts';

const CANARY = 'canary-81c2e9d4';

const door = doorForTests();

describe('a proof', () => {
  const material = { kind: 'plain_token', parts: { accessToken: new Secret(CANARY) } };

  it('is a real call with the credential, before it is saved, read by the platform’s own rule', async () => {
    const connection = await door.connect({ generation: 0 });
    const proven = await door
      .open()
      .exchange(exchangeOf(connection, { purpose: 'authorization', credential: 'none' }), ({ prove }) =>
        prove(material),
      );
    expect(proven).toEqual({ shopKey: 'shop-1', shopName: 'Shop', scopes: null, facts: {} });
    expect(door.asked).toMatchObject([{ url: '/v1/shop', authorization: `Bearer ${CANARY}` }]);
  });

  it.each([401, 404, 422])(
    'answered %i is credential_rejected, and shows the answer redacted',
    async (status) => {
      const connection = await door.connect({ generation: 0 });
      door.answer((_asked, response) =>
        response
          .writeHead(status, { 'content-type': 'application/json' })
          .end(JSON.stringify({ message: `key ${CANARY} is wrong`, token: CANARY })),
      );
      const error = await failure(
        door
          .open()
          .exchange(exchangeOf(connection, { purpose: 'authorization', credential: 'none' }), ({ prove }) =>
            prove(material),
          ),
      );
      expect(error).toMatchObject({
        code: 'credential_rejected',
        detail: { status, answer: expect.stringContaining('is wrong') },
      });
      expect(inspect(error, { depth: 10 })).not.toContain(CANARY);
    },
  );

  it.each([
    [403, 'scope_missing'],
    [500, 'platform_down'],
  ])('answered %i is %s: the credential is not to blame', async (status, code) => {
    const connection = await door.connect({ generation: 0 });
    door.answer((_asked, response) => response.writeHead(status).end());
    const error = await failure(
      door.open().exchange(exchangeOf(connection, { credential: 'none' }), ({ prove }) => prove(material)),
    );
    expect(error).toMatchObject({ code });
  });
});
