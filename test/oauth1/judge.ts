// Judges a client of RFC 5849 by somebody else's signer: every request is signed again by `oauth-sign` and must come out the same. Temporary credentials are good for
// one approval and one exchange, a verifier for the credentials it was given with.
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import oauthSign from 'oauth-sign';
import { createShop, type Shop } from '../sync/shelf.ts';
import { HOST } from './definition.ts';

export const CONSUMER = { key: 'our-consumer', secret: 'a secret with & and +' };

interface Temporary {
  readonly secret: string;
  readonly callback: string;
  verifier: string | null;
  isUsed: boolean;
}

export interface Judge {
  readonly origin: string;
  readonly shop: Shop;
  /** Whether § 2.1's answer says that the callback was taken. */
  isConfirming: boolean;
  /** Exchanges that came to a token, and those that did not, by why. */
  readonly outcomes: string[];
  readonly secrets: string[];
  close(): Promise<void>;
}

export async function startJudge(): Promise<Judge> {
  const shop = createShop();
  const temporary = new Map<string, Temporary>();
  const tokens = new Map<string, string>();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', `https://${HOST}`);
    const path = url.pathname.replace(`/_host/${HOST}`, '');
    const given = parametersOf(request);
    if (path === '/authorize') approve(url, response);
    else if (path === '/request') issueTemporary(given, response);
    else if (path === '/token') issueToken(given, response);
    else answerShop(request, url, response);
  });
  const judge: Omit<Judge, 'origin' | 'close'> = { shop, isConfirming: true, outcomes: [], secrets: [] };

  function answerShop(request: IncomingMessage, url: URL, response: ServerResponse): void {
    const given = parametersOf(request);
    const secret = tokens.get(given['oauth_token'] ?? '');
    if (secret === undefined || !isSigned(request, url, given, secret)) refuse(response, 'token');
    else if (url.pathname === '/me') response.end(JSON.stringify({ id: 'the-shop' }));
    else shop.answer(request.url ?? '/', response);
  }

  function issueTemporary(given: Record<string, string>, response: ServerResponse): void {
    if (!isSignedAt('/request', given, '')) {
      refuse(response, 'signature');
      return;
    }
    const [token, secret] = [`rt-${mint()}`, mint()];
    judge.secrets.push(secret);
    temporary.set(token, { secret, callback: given['oauth_callback'] ?? '', verifier: null, isUsed: false });
    const confirmed = judge.isConfirming ? '&oauth_callback_confirmed=true' : '';
    response.end(`oauth_token=${token}&oauth_token_secret=${secret}${confirmed}`);
  }

  function approve(url: URL, response: ServerResponse): void {
    const token = url.searchParams.get('oauth_token') ?? '';
    const one = temporary.get(token);
    if (one === undefined) {
      refuse(response, 'unknown');
      return;
    }
    one.verifier = mint();
    const back = new URL(one.callback);
    back.searchParams.set('oauth_token', token);
    back.searchParams.set('oauth_verifier', one.verifier);
    response.writeHead(302, { location: back.href }).end();
  }

  function issueToken(given: Record<string, string>, response: ServerResponse): void {
    const one = temporary.get(given['oauth_token'] ?? '');
    if (one === undefined || !isSignedAt('/token', given, one.secret)) {
      refuse(response, 'signature');
      return;
    }
    if (one.isUsed) {
      refuse(response, 'used');
      return;
    }
    if (one.verifier === null || given['oauth_verifier'] !== one.verifier) {
      refuse(response, 'verifier');
      return;
    }
    one.isUsed = true;
    const [token, secret] = [mint(), mint()];
    tokens.set(token, secret);
    judge.secrets.push(token, secret, one.verifier);
    judge.outcomes.push('issued');
    response.end(`oauth_token=${token}&oauth_token_secret=${secret}`);
  }

  function refuse(response: ServerResponse, why: string): void {
    judge.outcomes.push(why);
    response.writeHead(401).end(`refused: ${why}`);
  }

  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return Object.assign(judge, {
    origin: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  });
}

const mint = (): string => randomBytes(16).toString('hex');

function parametersOf(request: IncomingMessage): Record<string, string> {
  const pairs = (request.headers.authorization ?? '').replace(/^OAuth /, '').split(/, */);
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name = '', value = '""'] = pair.split('=');
      return [name, decodeURIComponent(value.slice(1, -1))];
    }),
  );
}

function isSigned(
  request: IncomingMessage,
  url: URL,
  given: Record<string, string>,
  tokenSecret: string,
): boolean {
  const all = { ...Object.fromEntries(url.searchParams), ...given };
  return isSame(request.method ?? 'GET', url.origin + url.pathname, all, tokenSecret);
}

function isSignedAt(path: string, given: Record<string, string>, tokenSecret: string): boolean {
  return isSame('POST', `https://${HOST}${path}`, given, tokenSecret);
}

function isSame(
  method: string,
  address: string,
  given: Record<string, string>,
  tokenSecret: string,
): boolean {
  const { oauth_signature: signature, ...signed } = given;
  const isOurs = given['oauth_consumer_key'] === CONSUMER.key;
  return (
    isOurs && signature === oauthSign.sign('HMAC-SHA1', method, address, signed, CONSUMER.secret, tokenSecret)
  );
}
