// Client certificates (RFC 8705): shown to a server that asks, on a connection that is nobody else's; one that cannot be used is said before anything is sent.
import { createServer, type Server } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ClientCertificate, OutboundRequest } from '../../domain/outbound.ts';
import type { Platform } from '../../domain/platform.ts';
import { createGuard } from '../../egress/guard.ts';
import { NO_OVERRIDES } from '../../egress/overrides.ts';
import { createSender } from '../../egress/send.ts';
import { createAuthority, selfSigned } from './certificates.ts';
import { createDoor } from './door.ts';
import { PASSPHRASE, PFX_BASE64, PFX_CERTIFICATE } from './pfx.ts';
import { PLAIN, PLAIN_METHOD } from './plain-platform.ts';
import { ORDERS, useOf } from './use.ts';

const HOST = 'shop.example';
const DAY_MS = 86_400_000;
const authority = createAuthority('An authority');
const ours = authority.issue({ host: 'client.example' });

let server: Server;
let origin = '';
let received = 0;
let connections = 0;

beforeAll(async () => {
  server = createServer(
    {
      ...authority.issue({ host: HOST }),
      ca: [authority.cert, PFX_CERTIFICATE],
      requestCert: true,
      rejectUnauthorized: true,
    },
    (request, response) => {
      received++;
      const socket = request.socket as TLSSocket;
      response.end(JSON.stringify({ subject: socket.getPeerCertificate().subject?.CN ?? null }));
    },
  );
  server.on('connection', () => connections++);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  origin = `https://${HOST}:${typeof address === 'object' && address !== null ? address.port : 0}`;
});
afterAll(() => void server.close());

function pem({ cert, key }: { cert: string; key: string }): ClientCertificate {
  return { kind: 'pem', certificate: cert, privateKey: key };
}

async function send(clientCertificate: ClientCertificate | undefined, times = 1) {
  const guard = createGuard({
    originOverrides: NO_OVERRIDES,
    allowPrivateNetworks: true,
    ca: authority.cert,
    resolve: async () => [{ address: '127.0.0.1', family: 4 }],
  });
  const sender = createSender(guard);
  const request: OutboundRequest = {
    method: 'GET',
    url: `${origin}/`,
    headers: {},
    body: null,
    ...(clientCertificate === undefined ? {} : { clientCertificate }),
  };
  try {
    let answer = '';
    for (let i = 0; i < times; i++)
      answer = (await sender.send(request, { bounds: { totalMs: 3_000, maxBytes: 1_000 } })).bodyText;
    return answer;
  } finally {
    await sender.close();
  }
}

describe('a server that asks for a certificate', () => {
  test('is shown the one in a PKCS #12 file, opened by its passphrase', async () => {
    const pfx = { kind: 'pfx', pfxBase64: PFX_BASE64, passphrase: PASSPHRASE } as const;
    expect(JSON.parse(await send(pfx))).toEqual({ subject: 'pfx.client.example' });
  });

  test('is shown ours, on a connection that ends with the call', async () => {
    const before = connections;
    expect(JSON.parse(await send(pem(ours), 2))).toEqual({ subject: 'client.example' });
    expect(connections - before).toBe(2);
  });

  test('does not see one where the data names none, and refuses', async () => {
    await expect(send(undefined)).rejects.toMatchObject({ code: 'platform_unreachable' });
  });

  test('that does not know its authority ends the connection, and nothing is read', async () => {
    const before = received;
    await expect(send(pem(selfSigned('client.example')))).rejects.toMatchObject({
      code: 'platform_unreachable',
    });
    expect(received).toBe(before);
  });
});

describe('a certificate that cannot be used is never shown', () => {
  const past = { from: new Date(Date.now() - 3 * DAY_MS), until: new Date(Date.now() - DAY_MS) };
  const future = { from: new Date(Date.now() + DAY_MS), until: new Date(Date.now() + 2 * DAY_MS) };

  test.each<[string, () => ClientCertificate, RegExp]>([
    ['expired', () => pem(authority.issue({ host: 'c', ...past })), /has expired/],
    ['not valid yet', () => pem(authority.issue({ host: 'c', ...future })), /not valid yet/],
    [
      'for another key',
      () => pem({ cert: ours.cert, key: authority.issue({ host: 'c' }).key }),
      /another private key/,
    ],
    ['not a certificate', () => pem({ cert: 'nonsense-certificate', key: ours.key }), /not PEM/],
    ['without a key', () => pem({ cert: ours.cert, key: 'nonsense-key' }), /private key/],
    [
      'a PKCS #12 file under another passphrase',
      () => ({ kind: 'pfx', pfxBase64: PFX_BASE64, passphrase: 'another' }),
      /PKCS #12/,
    ],
    ['a broken PKCS #12 file', () => ({ kind: 'pfx', pfxBase64: 'bm9uc2Vuc2U=' }), /PKCS #12/],
  ])('%s', async (_why, certificate, rule) => {
    const before = connections;
    const refusal = send(certificate()).catch((error: unknown) => error);
    expect(await refusal).toMatchObject({
      code: 'certificate_invalid',
      message: expect.stringMatching(rule),
    });
    expect(String(await refusal)).not.toContain('nonsense');
    expect(connections).toBe(before);
  });
});

test('a credential that holds the certificate is shown by each of its calls', async () => {
  const platform: Platform = {
    ...PLAIN,
    baseUrl: `${origin}/v1`,
    auth: [{ ...PLAIN_METHOD, transport: { at: 'api', pfx: '{accessToken}', passphrase: PASSPHRASE } }],
  };
  const door = await createDoor(platform);
  try {
    const connection = await door.connect({ token: PFX_BASE64 });
    const egress = door.open({
      originOverrides: NO_OVERRIDES,
      allowPrivateNetworks: true,
      ca: authority.cert,
      resolve: async () => [{ address: '127.0.0.1', family: 4 }],
    });
    const answer = await egress.withCredential(useOf(connection), (call) => call(ORDERS));
    expect(JSON.parse(answer.bodyText)).toEqual({ subject: 'pfx.client.example' });
  } finally {
    await door.close();
  }
});
