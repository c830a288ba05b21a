// What the lifecycle activities are lent, over real PostgreSQL, vault and HTTP: opened secrets, ways out, and their end.
import { get as getHttps } from 'node:https';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../domain/secret.ts';
import type { ExchangeContext } from '../../egress/index.ts';
import { fenceConnection } from '../../store/connections.ts';
import { installBinding } from '../../store/installs.ts';
import { newId } from '../../store/new-id.ts';
import { startStopwatch } from '../stopwatch.ts';
import { until } from '../world.ts';
import { doorForTests } from './door.ts';
import type { SeededConnection } from './seed.ts';
import { exchangeOf, failure } from './use.ts';

const CANARY = 'canary-81c2e9d4';
const TOKEN_URL = 'https://api.plain.example/oauth/token';

const door = doorForTests();

async function audited({ connectionId }: SeededConnection): Promise<string[]> {
  const { rows } = await door.world.owner.query(
    'SELECT action FROM audit_events WHERE connection_id = $1 ORDER BY seq',
    [connectionId],
  );
  return rows.map((row) => row.action);
}

describe('an exchange', () => {
  it('opens the credential, our app and its secrets, each with an audit row', async () => {
    const connection = await door.connect({
      registrationId: await door.register(),
      token: 'old',
      lifetimeS: 3600,
      shop: { shop: 'a' },
    });
    const seen = await door.open().exchange(exchangeOf(connection), async (context) => ({
      token: context.credential?.material.parts['accessToken']?.reveal(),
      generation: context.credential?.generation,
      lifetimeS: context.credential?.lifetimeS,
      secret: context.registration?.secret?.reveal(),
      earlier: context.registration?.earlierSecrets.map((secret) => secret.reveal()),
      clientId: context.registration?.clientId,
      version: context.registration?.version,
      platform: context.platform.id,
      shop: context.shop,
      authorization: context.authorization,
    }));
    expect(seen).toEqual({
      token: 'old',
      generation: 1,
      lifetimeS: 3600,
      secret: 'secret-3',
      earlier: ['secret-2'],
      clientId: 'our-app',
      version: 3,
      platform: 'plain',
      shop: { shop: 'a' },
      authorization: null,
    });
    expect(await audited(connection)).toEqual(['credential.opened', 'client_secret.opened']);
  });

  it('opens what an install brought before anybody claimed it, for the claim’s own authorization alone', async () => {
    const connection = await door.connect();
    const other = await door.connect();
    const [authorizationId, installId] = [newId('authorization'), newId('install')];
    const sealed = await door.vault.seal(installBinding(installId), { code: CANARY });
    await door.world.owner.query(
      `INSERT INTO authorizations (id, tenant_id, connection_id, platform, obtain, install_id, sealed, key_version, expires_at) VALUES ($1,$2,$3,'plain','authorization_code',$4,$5,$6, now())`,
      [
        authorizationId,
        connection.tenantId,
        connection.connectionId,
        installId,
        sealed.bytes,
        sealed.keyVersion,
      ],
    );
    const open = (of: typeof connection) =>
      door
        .open()
        .exchange(
          exchangeOf(of, { purpose: 'authorization', authorizationId, credential: 'none' }),
          async (context) => context.authorization?.['code']?.reveal() ?? null,
        );
    expect(await open(connection)).toBe(CANARY);
    expect(await open(other)).toBeNull();
    await door.world.owner.query('UPDATE authorizations SET install_id = $2 WHERE id = $1', [
      authorizationId,
      newId('install'),
    ]);
    await expect(open(connection)).rejects.toMatchObject({ code: 'credential_unreadable' });
  });

  it('opens what an authorization sealed, and no credential when none is wanted', async () => {
    const connection = await door.connect();
    const authorizationId = newId('authorization');
    const sealed = await door.vault.seal(
      { owner: connection.tenantId, subject: authorizationId, kind: 'authorization', generation: 0 },
      { code: CANARY },
    );
    await door.world.owner.query(
      `INSERT INTO authorizations (id, tenant_id, connection_id, platform, obtain, sealed, key_version, expires_at) VALUES ($1,$2,$3,'plain','pasted',$4,$5, now())`,
      [authorizationId, connection.tenantId, connection.connectionId, sealed.bytes, sealed.keyVersion],
    );
    const seen = await door
      .open()
      .exchange(
        exchangeOf(connection, { purpose: 'authorization', authorizationId, credential: 'none' }),
        async (context) => [context.authorization?.['code']?.reveal(), context.credential],
      );
    expect(seen).toEqual([CANARY, null]);
    expect(await audited(connection)).toEqual(['authorization.opened']);
  });

  it('of a connection that never had a credential has none', async () => {
    const connection = await door.connect({ generation: 0, lifecycle: 'connecting' });
    expect(
      await door.open().exchange(exchangeOf(connection), async (context) => context.credential),
    ).toBeNull();
  });

  it('opens an older generation that is still kept, audited by itself, and null when it is gone', async () => {
    const connection = await door.connect({ token: 'first' });
    await door.renew(connection, 2);
    const seen = await door.open().exchange(exchangeOf(connection), async (context) => {
      const older = await context.openGeneration(1);
      return [
        context.credential?.generation,
        older?.material.parts['accessToken']?.reveal(),
        await context.openGeneration(9),
      ];
    });
    expect(seen).toEqual([2, 'first', null]);
    expect(await audited(connection)).toEqual(['credential.opened', 'credential.opened']);
  });

  it('does not run when the audit row cannot be written', async () => {
    const connection = await door.connect();
    await door.world.owner.query('REVOKE INSERT ON audit_events FROM mooring_tenant');
    let isRun = false;
    const error = await failure(
      door.open().exchange(exchangeOf(connection), async () => {
        isRun = true;
      }),
    ).finally(() => door.world.owner.query('GRANT INSERT ON audit_events TO mooring_tenant'));
    expect(error).toMatchObject({ code: 'audit_unavailable' });
    expect(isRun).toBe(false);
  });

  it('sends token requests through the guard and gives any status back', async () => {
    const connection = await door.connect();
    door.answer((_asked, response) =>
      response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":"invalid_grant"}'),
    );
    const answer = await door
      .open()
      .exchange(exchangeOf(connection), ({ send }) =>
        send({ method: 'POST', url: TOKEN_URL, headers: { 'content-type': 'application/json' }, body: '{}' }),
      );
    expect(answer).toMatchObject({ status: 400, bodyText: '{"error":"invalid_grant"}' });
    expect(door.asked).toMatchObject([{ method: 'POST', url: '/oauth/token', host: 'api.plain.example' }]);
    const refusal = failure(
      door
        .open()
        .exchange(exchangeOf(connection), ({ send }) =>
          send({ method: 'POST', url: 'https://169.254.169.254/', headers: {}, body: '' }),
        ),
    );
    expect(await refusal).toMatchObject({ code: 'address_not_allowed' });
  });

  it('takes no token answer larger than 1 MiB', async () => {
    const connection = await door.connect();
    door.answer((_asked, response) => response.writeHead(200).end('x'.repeat(1_100_000)));
    const error = await failure(
      door
        .open()
        .exchange(exchangeOf(connection), ({ send }) =>
          send({ method: 'POST', url: TOKEN_URL, headers: {}, body: '' }),
        ),
    );
    expect(error).toMatchObject({ code: 'platform_answer_too_large' });
  });

  it('lends node agents that reach the platform and end with the closure', async () => {
    const connection = await door.connect();
    const { status, agents } = await door.open().exchange(exchangeOf(connection), async ({ agents }) => ({
      agents,
      status: await statusOf(TOKEN_URL, agents.https),
    }));
    expect(status).toBe(200);
    expect(
      Object.values(agents.https.sockets)
        .flatMap((sockets) => sockets ?? [])
        .every((socket) => socket.destroyed),
    ).toBe(true);
    expect(await failure(statusOf(TOKEN_URL, agents.https))).toMatchObject({ code: 'internal' });
  });

  it('takes back everything it lent when the closure ends', async () => {
    const connection = await door.connect();
    let kept: ExchangeContext | undefined;
    await door.open().exchange(exchangeOf(connection), async (context) => {
      kept = context;
    });
    const material = { kind: 'plain_token', parts: { accessToken: new Secret('x') } };
    const request = { method: 'GET', path: '/shop', endpoint: 'GET /shop' } as const;
    expect(
      await failure(
        kept?.send({ method: 'GET', url: TOKEN_URL, headers: {}, body: null }) ?? Promise.resolve(),
      ),
    ).toMatchObject({ code: 'internal' });
    expect(await failure(kept?.call(material, request) ?? Promise.resolve())).toMatchObject({
      code: 'internal',
    });
    expect(door.asked).toEqual([]);
  });
});

describe('an exchange under way when the worker stops', () => {
  it('has lost its answer: it is neither revoked nor known to have failed', async () => {
    const connection = await door.connect();
    door.answer(() => {});
    const egress = door.open();
    const exchanging = failure(
      egress.exchange(exchangeOf(connection), ({ send }) =>
        send({ method: 'POST', url: TOKEN_URL, headers: {}, body: '' }),
      ),
    );
    await until('the request to arrive', async () => door.asked.length === 1);
    await egress.close();
    expect(await exchanging).toMatchObject({
      code: 'platform_unreachable',
      detail: { network: 'interrupted' },
    });
  });
});

describe('a fence during an exchange', () => {
  const fence = ({ tenantId, connectionId }: SeededConnection) =>
    door.world.db.inTenant(tenantId, (tx) => fenceConnection(tx, connectionId, Date.now()));

  it.each<[string, (context: ExchangeContext) => Promise<unknown>]>([
    ['send', ({ send }) => send({ method: 'POST', url: TOKEN_URL, headers: {}, body: '' })],
    ['the node agents', ({ agents }) => statusOf(TOKEN_URL, agents.https)],
  ])('ends what goes over %s within 2 s', async (_way, act) => {
    const connection = await door.connect();
    door.answer(() => {});
    const exchanging = failure(door.open().exchange(exchangeOf(connection), act));
    await until('the request to arrive', async () => door.asked.length === 1);
    await fence(connection);
    const stopwatch = startStopwatch();
    expect(await exchanging).toMatchObject({ code: 'fenced' });
    expect(stopwatch.stop()).toBeLessThan(2_000);
  });

  it('keeps every purpose but revocation out', async () => {
    const connection = await door.connect();
    await fence(connection);
    for (const purpose of ['refresh', 'authorization', 'probe', 'subscription'] as const) {
      expect(
        await failure(door.open().exchange(exchangeOf(connection, { purpose }), async () => 'ran')),
      ).toMatchObject({ code: 'fenced' });
    }
    const seen = await door
      .open()
      .exchange(exchangeOf(connection, { purpose: 'revocation' }), async ({ send, credential }) => {
        await send({ method: 'POST', url: TOKEN_URL, headers: {}, body: '' });
        return credential?.generation;
      });
    expect(seen).toBe(1);
  });
});

function statusOf(url: string, agent: ExchangeContext['agents']['https']): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    getHttps(url, { agent }, (response) => resolve(response.resume().statusCode)).on('error', reject);
  });
}
