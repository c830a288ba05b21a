// Google Pub/Sub's pushes by contract: the OIDC token with a key and an issuer of the test's own, the message as Pub/Sub wraps it. Google's own is not asked.
import { randomBytes } from 'node:crypto';
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PLATFORMS } from '../../platforms/index.ts';
import { seedConnection } from '../egress/seed.ts';
import { startApi, type TestApi } from '../http/api.ts';

const KEYS = 'https://keys.issuer.example/certs';
const OURS = {
  audience: 'https://mooring.example/notify',
  serviceAccount: 'push@project.iam.gserviceaccount.com',
  issuer: 'https://issuer.example',
  keysUrl: KEYS,
};
const own = await generateKeyPair('RS256');
const strange = await generateKeyPair('RS256');
let api: TestApi;
let connectionId: string;
const seller = `A${randomBytes(5).toString('hex').toUpperCase()}`;

beforeAll(async () => {
  const keys = [{ ...(await exportJWK(own.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' }];
  api = await startApi({
    platforms: PLATFORMS,
    pubSub: OURS,
    notificationKeys: {
      send: async ({ url }) => {
        expect(url).toBe(KEYS);
        return { status: 200, headers: {}, bodyText: JSON.stringify({ keys }) };
      },
      read: () => Promise.reject(new Error('no key is read here')),
    },
  });
  ({ connectionId } = await seedConnection(api.database, { platform: 'amazon', shop: { sellerId: seller } }));
  await api.database.owner.query('UPDATE connections SET shop_key = $1 WHERE id = $2', [
    seller,
    connectionId,
  ]);
});
afterAll(() => api.close());

interface Signing {
  readonly claims?: Record<string, unknown>;
  readonly audience?: string;
  readonly issuer?: string;
  readonly expires?: string;
  readonly key?: CryptoKey;
}

const token = ({ claims, audience, issuer, expires, key }: Signing = {}) =>
  new SignJWT({ email: OURS.serviceAccount, email_verified: true, ...claims })
    .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
    .setIssuer(issuer ?? OURS.issuer)
    .setAudience(audience ?? OURS.audience)
    .setIssuedAt()
    .setExpirationTime(expires ?? '1h')
    .sign(key ?? own.privateKey);

const notification = (order: string) =>
  JSON.stringify({
    NotificationType: 'ORDER_CHANGE',
    Payload: { OrderChangeNotification: { SellerId: seller, AmazonOrderId: order } },
    NotificationMetadata: { NotificationId: order },
  });

const push = async (text: string, signing: Signing | string = {}, platform = 'amazon') =>
  api.call('POST', `/notify/${platform}/pubsub`, {
    key: null,
    headers: { authorization: `Bearer ${typeof signing === 'string' ? signing : await token(signing)}` },
    body: {
      message: { data: Buffer.from(text).toString('base64'), messageId: '1', attributes: {} },
      subscription: 'projects/p/subscriptions/s',
    },
  });

const written = async () => {
  const { rows } = await api.database.owner.query(
    'SELECT object_id FROM notifications WHERE connection_id = $1 ORDER BY object_id',
    [connectionId],
  );
  return rows.map(({ object_id }) => object_id);
};

describe('a push of Google Pub/Sub', () => {
  it('is written once for all repeats, and answered then', async () => {
    expect((await push(notification('1-1'))).status).toBe(200);
    expect((await push(notification('1-1'))).status).toBe(200);
    expect(await written()).toEqual(['1-1']);
  });

  const WRONG: Readonly<Record<string, Signing>> = {
    signature: { key: strange.privateKey },
    audience: { audience: 'https://another.example' },
    issuer: { issuer: 'https://accounts.google.com' },
    expired: { expires: '-1h' },
    'claim (another account)': { claims: { email: 'another@project.iam.gserviceaccount.com' } },
    'claim (an e-mail that is not verified)': { claims: { email_verified: false } },
    'claim (no e-mail)': { claims: { email: undefined } },
  };
  it.each(Object.entries(WRONG))('is refused at its %s, and nothing is written', async (_, signing) => {
    const before = await written();
    const answer = await push(notification('9-9'), signing);
    expect([answer.status, answer.body.code]).toEqual([401, 'notification_unverified']);
    expect(await written()).toEqual(before);
  });

  it('is refused without a token, and by one that nobody signed', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = { email: OURS.serviceAccount, email_verified: true, aud: OURS.audience, iss: OURS.issuer };
    for (const forged of ['', `${part({ alg: 'none' })}.${part(claims)}.`])
      expect((await push(notification('9-9'), forged)).status).toBe(401);
  });

  it('comes again where it cannot be understood, and is nothing at a platform that tells nothing', async () => {
    expect((await push('not JSON')).status).toBe(422);
    expect(api.logged.join('')).toContain('a pushed message cannot be understood');
    expect((await push(notification('1-2'), {}, 'no-such-platform')).status).toBe(404);
  });
});
