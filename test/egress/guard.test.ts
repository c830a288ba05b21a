// Which addresses a call may go to, with real sockets: no test here may reach anything but loopback.
import { createServer, type Server } from 'node:http';
import { get as getHttps } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isAllowedAddress } from '../../egress/addresses.ts';
import { createGuard, type GuardSettings, type ResolvedAddress } from '../../egress/guard.ts';
import { NO_OVERRIDES, parseOriginOverrides } from '../../egress/overrides.ts';
import { API_BOUNDS, createSender } from '../../egress/send.ts';

const STRICT: GuardSettings = { originOverrides: NO_OVERRIDES, allowPrivateNetworks: false };

const REFUSED_URLS: readonly [string, string][] = [
  ['plain http', 'http://shop.example/'],
  ['another scheme', 'file:///etc/passwd'],
  ['another scheme with a host', 'gopher://shop.example/'],
  ['userinfo', 'https://user:pass@shop.example/'],
  ['a user alone', 'https://shop.example@127.0.0.1/'],
  ['a port nobody allowed', 'https://shop.example:6379/'],
  ['a fragment that hides a host', 'https://169.254.169.254#.shop.example/'],
  ['loopback', 'https://127.0.0.1/'],
  ['loopback, short', 'https://127.1/'],
  ['loopback, decimal', 'https://2130706433/'],
  ['loopback, octal', 'https://0177.0.0.1/'],
  ['loopback, hexadecimal', 'https://0x7f.0.0.1/'],
  ['loopback, hexadecimal in one', 'https://0x7f000001/'],
  ['loopback, full-width digits', 'https://１２７.0.0.1/'],
  ['loopback, IPv6', 'https://[::1]/'],
  ['unspecified', 'https://0.0.0.0/'],
  ['unspecified, IPv6', 'https://[::]/'],
  ['mapped loopback', 'https://[::ffff:127.0.0.1]/'],
  ['mapped public', 'https://[::ffff:8.8.8.8]/'],
  ['compatible loopback', 'https://[::127.0.0.1]/'],
  ['private 10/8', 'https://10.0.0.1/'],
  ['private 172.16/12', 'https://172.31.255.255/'],
  ['private 192.168/16', 'https://192.168.1.1/'],
  ['carrier-grade NAT', 'https://100.64.0.1/'],
  ['link-local metadata', 'https://169.254.169.254/'],
  ['metadata of Azure', 'https://168.63.129.16/'],
  ['metadata of Alibaba', 'https://100.100.100.200/'],
  ['metadata of Oracle', 'https://192.0.0.192/'],
  ['benchmark range', 'https://198.18.0.1/'],
  ['documentation range', 'https://192.0.2.1/'],
  ['multicast', 'https://224.0.0.1/'],
  ['broadcast', 'https://255.255.255.255/'],
  ['reserved', 'https://240.0.0.1/'],
  ['unique local', 'https://[fd00:ec2::254]/'],
  ['link-local, IPv6', 'https://[fe80::1]/'],
  ['site-local', 'https://[fec0::1]/'],
  ['NAT64 of metadata', 'https://[64:ff9b::a9fe:a9fe]/'],
  ['local NAT64', 'https://[64:ff9b:1::7f00:1]/'],
  ['6to4 of loopback', 'https://[2002:7f00:1::]/'],
  ['Teredo', 'https://[2001:0:7f00:1::]/'],
  ['documentation, IPv6', 'https://[2001:db8::1]/'],
  ['multicast, IPv6', 'https://[ff02::1]/'],
  ['unassigned, IPv6', 'https://[5f00::1]/'],
  ['a trailing dot', 'https://localhost./'],
  ['no host', 'https:///'],
  ['no address at all', 'not a url'],
];

let secretServer: Server;
let secretPort: number;
let asked = 0;

beforeAll(async () => {
  secretServer = createServer((_request, response) => {
    asked++;
    response.end('inside');
  });
  await new Promise<void>((done) => secretServer.listen(0, '127.0.0.1', done));
  const address = secretServer.address();
  secretPort = typeof address === 'object' && address !== null ? address.port : 0;
});

afterAll(() => new Promise((done) => secretServer.close(done)));

describe('the guard', () => {
  it.each(REFUSED_URLS)('refuses %s with one and the same text', (_why, url) => {
    expect(() => createGuard(STRICT).check(url)).toThrowError(
      expect.objectContaining({
        code: 'address_not_allowed',
        message: 'the address is not a public https address of a platform',
      }),
    );
  });

  it.each([
    'https://shop.example/',
    'https://8.8.8.8/',
    'https://[2606:4700::1111]/',
    'https://shop.example:443/a?b=c',
  ])('lets %s through to the resolver', (url) => {
    expect(createGuard(STRICT).check(url).protocol).toBe('https:');
  });

  it.each([
    ['loopback', '127.0.0.1'],
    ['private', '10.1.2.3'],
    ['metadata', '169.254.169.254'],
    ['unique local', 'fd12::1'],
    ['mapped loopback', '::ffff:7f00:1'],
    ['NAT64', '64:ff9b::7f00:1'],
  ])('connects to nothing when a name resolves to an address that is %s', async (_why, address) => {
    const guard = createGuard({
      ...STRICT,
      resolve: async () => [{ address, family: address.includes(':') ? 6 : 4 }],
    });
    await expect(sendTo(guard, 'https://rebound.example/')).rejects.toMatchObject({
      code: 'address_not_allowed',
    });
  });

  it('refuses a name when only one of its addresses is inside', async () => {
    const both: ResolvedAddress[] = [
      { address: '93.184.216.34', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ];
    const guard = createGuard({ ...STRICT, resolve: async () => both });
    await expect(sendTo(guard, 'https://half.example/')).rejects.toMatchObject({
      code: 'address_not_allowed',
    });
  });

  it('refuses a name that resolves to nothing', async () => {
    const guard = createGuard({ ...STRICT, resolve: async () => [] });
    await expect(sendTo(guard, 'https://empty.example/')).rejects.toMatchObject({
      code: 'address_not_allowed',
    });
  });

  it('connects to the address it judged, so that a resolver that answers differently the second time gains nothing', async () => {
    const answers = ['127.0.0.1', '169.254.169.254', '127.0.0.1'];
    let resolved = 0;
    const guard = createGuard({
      originOverrides: NO_OVERRIDES,
      allowPrivateNetworks: true,
      resolve: async () => [{ address: answers[resolved++] ?? '', family: 4 }],
    });
    const url = `http://rebinding.example:${secretPort}/`;
    await expect(sendTo(guard, url)).resolves.toMatchObject({ status: 200 });
    expect(resolved).toBe(1);
    await expect(sendTo(guard, url)).rejects.toMatchObject({ code: 'address_not_allowed' });
  });

  it('judges a literal address in the connector too, where no lookup is made', async () => {
    const guard = createGuard(STRICT);
    const refusal = await new Promise((done) =>
      guard.connector(
        { hostname: '127.0.0.1', host: '127.0.0.1', protocol: 'http:', port: String(secretPort) },
        (...[error]) => done(error),
      ),
    );
    expect(refusal).toMatchObject({ code: 'address_not_allowed' });
  });

  it('gives node agents that refuse the same addresses', async () => {
    const { https } = createGuard({
      ...STRICT,
      resolve: async () => [{ address: '127.0.0.1', family: 4 }],
    }).agents(1000, new AbortController().signal);
    for (const url of ['https://127.0.0.1/', 'https://inside.example/']) {
      const failure = await new Promise((done) => {
        try {
          getHttps(url, { agent: https }).on('error', done).on('response', done);
        } catch (error) {
          done(error);
        }
      });
      expect(failure).toMatchObject({ code: 'address_not_allowed' });
    }
    https.destroy();
  });

  it('pays no heed to proxy variables of its surroundings', async () => {
    const before = asked;
    const names = ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY'];
    for (const name of names) process.env[name] = `http://127.0.0.1:${secretPort}`;
    try {
      const guard = createGuard({ originOverrides: NO_OVERRIDES, allowPrivateNetworks: true });
      // Nothing listens on port 9 of loopback; a proxy would have answered.
      await expect(sendTo(guard, 'http://127.0.0.1:9/')).rejects.toMatchObject({
        code: 'platform_unreachable',
      });
    } finally {
      for (const name of names) delete process.env[name];
    }
    expect(asked).toBe(before);
  });

  it('opens private networks by setting, but never link-local ones', () => {
    expect(isAllowedAddress('127.0.0.1', true)).toBe(true);
    expect(isAllowedAddress('192.168.0.7', true)).toBe(true);
    expect(isAllowedAddress('169.254.169.254', true)).toBe(false);
    expect(isAllowedAddress('168.63.129.16', true)).toBe(false);
  });
});

describe('an origin override', () => {
  it('sends a call for the real origin to loopback with the real Host, over undici and over node agents', async () => {
    const hosts: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      hosts.push(request.headers.host);
      response.end('{}');
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const originOverrides = parseOriginOverrides(
      JSON.stringify({ 'https://*.shop.example': `http://127.0.0.1:${port}` }),
    );
    const guard = createGuard({ ...STRICT, originOverrides });
    const { status } = await sendTo(guard, 'https://one.shop.example/admin');
    expect(status).toBe(200);
    const { https } = guard.agents(2000, new AbortController().signal);
    const answered = await new Promise((done) =>
      getHttps('https://two.shop.example/token', { agent: https }, (r) => done(r.resume().statusCode)),
    );
    expect(answered).toBe(200);
    expect(hosts).toEqual(['one.shop.example', 'two.shop.example']);
    https.destroy();
    server.closeAllConnections();
    server.close();
  });

  it('matches one label with a star and nothing more', () => {
    const overrides = parseOriginOverrides('{"https://*.shop.example":"http://127.0.0.1:4010"}');
    expect(overrides('https://a.shop.example')).toEqual({ hostname: '127.0.0.1', port: 4010, tls: false });
    expect(overrides('https://a.b.shop.example')).toBeUndefined();
    expect(overrides('https://shop.example')).toBeUndefined();
    expect(overrides('http://a.shop.example')).toBeUndefined();
    expect(overrides('https://a.shop.example.evil.example')).toBeUndefined();
  });

  it('follows an origin that is named before one that matches', () => {
    const overrides = parseOriginOverrides(
      '{"https://*.shop.example":"http://127.0.0.1:4010","https://a.shop.example":"http://127.0.0.1:4011"}',
    );
    expect(overrides('https://a.shop.example')?.port).toBe(4011);
    expect(overrides('https://b.shop.example')?.port).toBe(4010);
  });

  it.each([
    ['is no JSON', 'https://a=http://127.0.0.1'],
    ['is no object', '["https://a.example"]'],
    ['has a target that is no text', '{"https://a.example":4010}'],
    ['leads off the machine', '{"https://a.example":"http://10.0.0.1:80"}'],
    ['leads to a path', '{"https://a.example":"http://127.0.0.1:80/x"}'],
    ['has a pattern that is no origin', '{"a.example":"http://127.0.0.1:80"}'],
  ])('is refused when it %s', (_why, text) => {
    expect(() => parseOriginOverrides(text)).toThrowError(
      expect.objectContaining({ code: 'invalid_settings' }),
    );
  });
});

async function sendTo(guard: ReturnType<typeof createGuard>, url: string) {
  const sender = createSender(guard);
  try {
    return await sender.send(
      { method: 'GET', url, headers: {}, body: null },
      { bounds: { ...API_BOUNDS, totalMs: 3000 } },
    );
  } finally {
    await sender.close();
  }
}
