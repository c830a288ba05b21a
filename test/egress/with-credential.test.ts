// The only way to use a credential, over real PostgreSQL, vault and HTTP: what is opened, for whom, and until when.
import { createHmac } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Platform } from '../../domain/platform.ts';
import type { PlatformCall } from '../../egress/index.ts';
import { fenceConnection } from '../../store/connections.ts';
import { startStopwatch } from '../stopwatch.ts';
import { until } from '../world.ts';
import { createDoor, doorForTests, OK } from './door.ts';
import { PLAIN, PLAIN_METHOD } from './plain-platform.ts';
import type { SeededConnection } from './seed.ts';
import { failure, ORDERS, openingsOf, useOf } from './use.ts';

const CANARY = 'canary-5d0c7a31';

const door = doorForTests();

describe('a credential', () => {
  it('is opened once, with one audit row, for many calls', async () => {
    const connection = await door.connect();
    await door.open().withCredential(useOf(connection), async (call) => {
      for (let page = 0; page < 5; page++) await call(ORDERS);
      await Promise.all([call(ORDERS), call(ORDERS), call(ORDERS)]);
    });
    expect(await openingsOf(door, connection)).toEqual([
      {
        action: 'credential.opened',
        reason: 'run_1',
        detail: { purpose: 'sync', kind: 'plain_token', generation: 1 },
      },
    ]);
  });

  it('is not opened, and nothing is called, when the audit row cannot be written', async () => {
    const connection = await door.connect();
    await door.world.owner.query('REVOKE INSERT ON audit_events FROM mooring_tenant');
    let isRun = false;
    try {
      const error = await failure(
        door.open().withCredential(useOf(connection), async (call) => {
          isRun = true;
          await call(ORDERS);
        }),
      );
      expect(error).toMatchObject({ code: 'audit_unavailable' });
    } finally {
      await door.world.owner.query('GRANT INSERT ON audit_events TO mooring_tenant');
    }
    expect({ isRun, asked: door.asked.length }).toEqual({ isRun: false, asked: 0 });
    await door.open().withCredential(useOf(connection), (call) => call(ORDERS));
  });

  it('cannot be used once its closure has ended', async () => {
    const connection = await door.connect();
    let kept: PlatformCall | undefined;
    await door.open().withCredential(useOf(connection), async (call) => {
      kept = call;
    });
    expect(await failure(kept?.(ORDERS) ?? Promise.resolve())).toMatchObject({ code: 'internal' });
    expect(door.asked).toEqual([]);
  });

  it('is in nothing that its user can reach or print', async () => {
    const connection = await door.connect({ token: CANARY });
    const seen = await door
      .open()
      .withCredential(useOf(connection), async (call) => [call, await call(ORDERS)]);
    expect(door.asked[0]?.authorization).toBe(`Bearer ${CANARY}`);
    expect(inspect(seen, { depth: 20, showHidden: true })).not.toContain(CANARY);
  });

  it('that was sealed for another connection does not open, and nothing is called', async () => {
    const [mine, theirs] = [await door.connect(), await door.connect()];
    await door.world.owner.query(
      'UPDATE credentials SET sealed = (SELECT sealed FROM credentials WHERE connection_id = $2) WHERE connection_id = $1',
      [mine.connectionId, theirs.connectionId],
    );
    expect(await failure(door.open().withCredential(useOf(mine), (call) => call(ORDERS)))).toMatchObject({
      code: 'credential_unreadable',
    });
    expect(door.asked).toEqual([]);
  });

  it('of another tenant’s connection is not found', async () => {
    const [mine, theirs] = [await door.connect(), await door.connect()];
    const use = useOf({ ...mine, connectionId: theirs.connectionId });
    expect(await failure(door.open().withCredential(use, (call) => call(ORDERS)))).toMatchObject({
      code: 'not_found',
    });
    expect(await openingsOf(door, theirs)).toEqual([]);
  });

  it('is noted as used once the platform took it, and the one before it goes', async () => {
    const connection = await door.connect();
    await door.renew(connection, 2);
    door.answer((_asked, response) => response.writeHead(500).end());
    const egress = door.open();
    await failure(egress.withCredential(useOf(connection), (call) => call(ORDERS)));
    const kept = () =>
      door.world.owner.query(
        'SELECT generation, first_used_at IS NOT NULL AS used FROM credentials WHERE connection_id = $1 ORDER BY generation',
        [connection.connectionId],
      );
    expect((await kept()).rows).toEqual([
      { generation: 1, used: false },
      { generation: 2, used: false },
    ]);
    door.answer(OK);
    await egress.withCredential(useOf(connection), (call) => call(ORDERS));
    expect((await kept()).rows).toEqual([{ generation: 2, used: true }]);
  });

  it('is dropped for the newer one when the generation moves during the use', async () => {
    const connection = await door.connect();
    await door.open().withCredential(useOf(connection), async (call) => {
      await call(ORDERS);
      await door.renew(connection, 2);
      await until(
        'the newer credential to be used',
        async () => {
          await call(ORDERS);
          return door.asked.at(-1)?.authorization === 'Bearer token-2';
        },
        1_000,
      );
    });
    expect((await openingsOf(door, connection)).map((row) => row.detail.generation)).toEqual([1, 2]);
  });

  it('of a connection that needs a new approval is not opened', async () => {
    const connection = await door.connect({ lifecycle: 'reauth_required' });
    expect(
      await failure(door.open().withCredential(useOf(connection), (call) => call(ORDERS))),
    ).toMatchObject({ code: 'reauth_required' });
    expect(await openingsOf(door, connection)).toEqual([]);
  });
});

describe('our app’s secret', () => {
  const signedByApp: Platform = {
    ...PLAIN,
    auth: [
      {
        ...PLAIN_METHOD,
        sign: [
          {
            scheme: 'hmac',
            algorithm: 'sha256',
            encoding: 'hex',
            key: '{clientSecret}',
            message: ['{path}'],
            timestamp: 'seconds',
            query: { sign: '{signature}' },
          },
        ],
      },
    ],
  };

  it('is opened with an audit row of its own where calls are signed with it, the newest version alone', async () => {
    const signing = await createDoor(signedByApp);
    try {
      const connection = await signing.connect({ registrationId: await signing.register() });
      await signing.open().withCredential(useOf(connection), (call) => call(ORDERS));
      const expected = createHmac('sha256', 'secret-3').update('/v1/orders').digest('hex');
      expect(signing.asked).toMatchObject([{ url: `/v1/orders?sign=${expected}` }]);
      const { rows } = await signing.world.owner.query(
        'SELECT action, detail FROM audit_events ORDER BY seq',
      );
      expect(rows).toEqual([
        { action: 'credential.opened', detail: { purpose: 'sync', kind: 'plain_token', generation: 1 } },
        { action: 'client_secret.opened', detail: { purpose: 'sync', version: 3 } },
      ]);
    } finally {
      await signing.close();
    }
  });

  it('is not opened where calls do without it', async () => {
    const connection = await door.connect({ registrationId: await door.register() });
    await door.open().withCredential(useOf(connection), (call) => call(ORDERS));
    expect((await openingsOf(door, connection)).map((row) => row.action)).toEqual(['credential.opened']);
  });
});

describe('a fence', () => {
  const fence = ({ tenantId, connectionId }: SeededConnection) =>
    door.world.db.inTenant(tenantId, (tx) => fenceConnection(tx, connectionId, Date.now()));

  it('ends the call under way within 2 s and lets none begin more than 250 ms after it', async () => {
    const connection = await door.connect();
    const egress = door.open();
    const hanging = failure(
      egress.withCredential(useOf(connection), (call) => {
        door.answer(() => {});
        return call(ORDERS);
      }),
    );
    await until('the hanging call', async () => door.asked.length === 1);
    door.answer(OK);
    let isStopped = false;
    const storm = failure(
      egress.withCredential(useOf(connection), async (call) => {
        while (!isStopped) await call(ORDERS);
      }),
    );
    await until('a storm of calls', async () => door.asked.length > 50);
    await fence(connection);
    const committedAt = performance.now();
    const stopwatch = startStopwatch();
    expect(await storm).toMatchObject({ code: 'fenced' });
    expect(await hanging).toMatchObject({ code: 'fenced' });
    expect(stopwatch.stop()).toBeLessThan(2_000);
    isStopped = true;
    expect((door.asked.at(-1)?.atMs ?? 0) - committedAt).toBeLessThan(250);
    const late = failure(
      egress.withCredential(useOf(connection), (call) => call({ ...ORDERS, path: '/late' })),
    );
    expect(await late).toMatchObject({ code: 'fenced' });
    expect(door.asked.map((one) => one.url)).not.toContain('/v1/late');
  });

  it('lets the purpose revocation through, and it alone', async () => {
    const connection = await door.connect();
    await fence(connection);
    for (const purpose of ['sync', 'proxy', 'probe', 'subscription', 'import'] as const) {
      expect(
        await failure(door.open().withCredential(useOf(connection, { purpose }), (call) => call(ORDERS))),
      ).toMatchObject({ code: 'fenced' });
    }
    expect(door.asked).toEqual([]);
    await door.open().withCredential(useOf(connection, { purpose: 'revocation' }), (call) => call(ORDERS));
    expect(door.asked).toHaveLength(1);
  });
});
