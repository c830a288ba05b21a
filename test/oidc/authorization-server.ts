// The certified `oidc-provider` with a shop's API behind it, on loopback: over http for browsers and most clients, over TLS for those that show a certificate. Its answers are
// its own; this file and provider.ts only say which clients there are, let a merchant approve, and note what happened.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { ClientMetadata } from 'oidc-provider';
import { type Authority, createAuthority } from '../egress/certificates.ts';
import { createShop, type Shop } from '../sync/shelf.ts';
import { ISSUER, MTLS } from './definition.ts';
import { createProvider, type Served } from './provider.ts';

export interface AuthorizationServer {
  /** Real origin → loopback origin. */
  readonly origins: Readonly<Record<string, string>>;
  /** Vouches for its TLS certificate and for our clients'. */
  readonly authority: Authority;
  readonly shop: Shop;
  /** Begins to answer, now that the addresses of our callbacks are known. */
  serve(clients: readonly ClientMetadata[]): void;
  /** What happened: throws before `serve`. */
  served(): Served;
  /** The token endpoint asked directly, as somebody who stole something would. Gives the error, or null. */
  steal(body: Readonly<Record<string, string>>, authorization?: string): Promise<string | null>;
  close(): Promise<void>;
}

export async function startAuthorizationServer(): Promise<AuthorizationServer> {
  const authority = createAuthority('Certified authority');
  const shop = createShop();
  let now: Served | undefined;
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    if (now === undefined) response.writeHead(503).end();
    else now.answer(request, response);
  };
  const plain = createServer(answer);
  const certificate = authority.issue({ host: new URL(MTLS).hostname });
  const tls = createTlsServer(
    { ...certificate, ca: authority.cert, requestCert: true, rejectUnauthorized: false },
    answer,
  );
  const [port, tlsPort] = [await listening(plain), await listening(tls)];
  return {
    origins: {
      [ISSUER]: `http://127.0.0.1:${port}`,
      'https://api.oidc.example': `http://127.0.0.1:${port}`,
      [MTLS]: `https://127.0.0.1:${tlsPort}`,
    },
    authority,
    shop,
    serve: (clients) => {
      now = createProvider(clients, shop);
    },
    served: () => {
      if (now === undefined) throw new Error('it does not serve yet');
      return now;
    },
    steal: async (body, authorization) => {
      const result = await fetch(`http://127.0.0.1:${port}/token`, {
        method: 'POST',
        headers: authorization === undefined ? {} : { authorization },
        body: new URLSearchParams(body),
      });
      const { error } = (await result.json()) as { error?: string };
      return error ?? null;
    },
    close: async () => {
      for (const server of [plain, tls]) {
        server.closeAllConnections();
        await new Promise((done) => server.close(done));
      }
    },
  };
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
