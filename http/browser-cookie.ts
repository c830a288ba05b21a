// The cookie that binds an approval to the browser it began in. Random, for this alone; no session, no identity.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { mintToken } from './tokens.ts';

const FORM = /^[A-Za-z0-9_-]{43}$/;
const LIFETIME_S = 86_400;

function cookieName(publicUrl: string): string {
  return publicUrl.startsWith('https:') ? '__Host-mooring_browser' : 'mooring_browser';
}

/** The browser's value, or null where it has none of ours. */
export function readBrowser(request: FastifyRequest, publicUrl: string): string | null {
  const value = request.cookies[cookieName(publicUrl)];
  return value !== undefined && FORM.test(value) ? value : null;
}

/** The browser's value, given to it first where it has none. */
export function ensureBrowser(request: FastifyRequest, reply: FastifyReply, publicUrl: string): string {
  const value = readBrowser(request, publicUrl) ?? mintToken();
  void reply.setCookie(cookieName(publicUrl), value, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: publicUrl.startsWith('https:'),
    maxAge: LIFETIME_S,
  });
  return value;
}
