// What a merchant does so that the sandbox grants: approves at its page, begins an install, activates an integration, copies a key.
import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { authorizeUrl } from '../../platforms/authorize-url.ts';
import { textOf, valueAt } from '../../platforms/json.ts';
import { scopesFor } from '../../platforms/scopes.ts';
import type { ConnectCase, ConnectContext, Door } from './sandbox-door.ts';
import { control, sendTo } from './sandbox-shop.ts';

type Approve = (
  door: Door,
  context: ConnectContext,
  one: ConnectCase,
  key: string,
) => Promise<Readonly<Record<string, string>>>;

/** How each way brings what the exchange needs. */
export const APPROVED: Record<ConnectCase['how'], Approve> = {
  browser: async (door, { platform, registration, shop, permissions }, _one, key) => {
    const method = platform.auth.find((each) => each.obtain.kind === 'authorization_code');
    if (method?.obtain.kind !== 'authorization_code') throw new Error('no approval');
    const codeVerifier = randomBytes(32).toString('base64url');
    const codeChallenge = createHash('sha256').update(codeVerifier).digest('base64url');
    const fields = Object.entries(registration?.fields ?? {});
    const url = authorizeUrl(method.obtain, {
      shop,
      clientId: registration?.clientId ?? '',
      state: 'st4te-of-this-approval',
      redirectUri: registration?.redirectUri ?? '',
      scopes: scopesFor(platform, permissions ?? []),
      ...(method.obtain.pkce === 'S256' ? { codeChallenge } : {}),
      nonce: 'n0nce-of-this-approval',
      registration: Object.fromEntries(fields.map(([name, value]) => [name, value.reveal()])),
    });
    const asked = new URL(url);
    asked.searchParams.set('_approve', '1');
    asked.searchParams.set('_shop', key);
    const back = await sendTo(door.sandboxUrl, {
      method: 'GET',
      url: asked.toString(),
      headers: {},
      body: null,
    });
    const location = back.headers['location'];
    if (location === undefined) throw new Error(`no way back: ${back.status} ${back.bodyText.slice(0, 800)}`);
    const brought = Object.fromEntries(new URL(location).searchParams);
    return { ...brought, ...(method.obtain.pkce === 'S256' ? { codeVerifier } : {}) };
  },
  install: async (door, { registration }, _one, key) => {
    const begun = await control(door.sandboxUrl, 'POST', `/shops/${encodeURIComponent(key)}/install`, {
      callbackUrl: registration?.redirectUri ?? '',
    });
    return Object.fromEntries(new URL(textOf(valueAt(begun, 'url')) ?? '').searchParams);
  },
  activation: async (door, _context, _one, key) => {
    let brought: Record<string, string> = {};
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      brought = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString('utf8')));
      response.end();
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const callbackUrl = `http://127.0.0.1:${port}/activate`;
    await control(door.sandboxUrl, 'POST', `/shops/${encodeURIComponent(key)}/install`, {
      callbackUrl,
      identityUrl: `http://127.0.0.1:${port}/identity`,
    });
    server.closeAllConnections();
    server.close();
    return brought;
  },
  pasted: entered,
  minted: entered,
};

async function entered(
  door: Door,
  _context: ConnectContext,
  one: ConnectCase,
  key: string,
): Promise<Record<string, string>> {
  const given = await control(
    door.sandboxUrl,
    'POST',
    `/shops/${encodeURIComponent(key)}/credential`,
    one.credential ?? {},
  );
  const copied = Object.entries(one.form ?? {}).map(([field, path]) => [
    field,
    textOf(valueAt(given, path)) ?? '',
  ]);
  return { ...Object.fromEntries(copied), ...one.brings };
}
