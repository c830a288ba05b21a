// Sends calls that are meant for a real origin to a loopback address, for development and tests. Requests are signed for, and
// carry the Host of, the real origin; only the socket goes elsewhere. The settings refuse it in production.
import { MooringError } from '../domain/errors.ts';

export interface LoopbackTarget {
  readonly hostname: string;
  readonly port: number;
  readonly tls: boolean;
}

/** The loopback address for a real origin such as "https://demo.myshopify.com"; undefined when it is not overridden. */
export type OriginOverrides = (origin: string) => LoopbackTarget | undefined;

export const NO_OVERRIDES: OriginOverrides = () => undefined;

/**
 * Reads MOORING_ORIGIN_OVERRIDES: a JSON object of real origin → loopback origin. A label `*` stands for one label of the host; an
 * origin that is named counts before those that match, and the first of these.
 * Throws invalid_settings naming each wrong entry.
 */
export function parseOriginOverrides(text: string | undefined): OriginOverrides {
  if (text === undefined || text.trim() === '') return NO_OVERRIDES;
  const rows = entries(text).map(([pattern, target]) => ({
    pattern,
    matches: originPattern(pattern),
    target: loopbackTarget(target, pattern),
  }));
  const known = new Map<string, LoopbackTarget | undefined>();
  return (origin) => {
    if (!known.has(origin)) {
      if (known.size > 10_000) known.clear();
      const named = rows.find(({ pattern }) => pattern === origin);
      known.set(origin, (named ?? rows.find(({ matches }) => matches.test(origin)))?.target);
    }
    return known.get(origin);
  };
}

function entries(text: string): [string, string][] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new MooringError('invalid_settings', '"MOORING_ORIGIN_OVERRIDES" is not JSON');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new MooringError('invalid_settings', '"MOORING_ORIGIN_OVERRIDES" is not a JSON object');
  }
  return Object.entries(parsed).map(([pattern, target]) => {
    if (typeof target !== 'string') throw notAnOrigin(pattern);
    return [pattern, target];
  });
}

function originPattern(pattern: string): RegExp {
  const form = /^(https?):\/\/((?:\*|[a-z0-9-]+)(?:\.(?:\*|[a-z0-9-]+))*)(:\d+)?$/.exec(pattern);
  const [, scheme, host, port = ''] = form ?? [];
  if (scheme === undefined || host === undefined) throw notAnOrigin(pattern);
  const labels = host.split('.').map((label) => (label === '*' ? '[a-z0-9-]+' : label));
  return new RegExp(`^${scheme}://${labels.join('\\.')}${port}$`);
}

function loopbackTarget(target: string, pattern: string): LoopbackTarget {
  const url = URL.canParse(target) ? new URL(target) : null;
  const isOrigin =
    url !== null &&
    (url.protocol === 'http:' || url.protocol === 'https:') &&
    url.pathname === '/' &&
    url.search === '';
  if (!isOrigin) throw notAnOrigin(pattern);
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  if (!/^(127(\.\d+){3}|::1|localhost)$/.test(hostname)) {
    throw new MooringError('invalid_settings', `the override of "${pattern}" is not a loopback origin`);
  }
  const tls = url.protocol === 'https:';
  return { hostname, port: url.port === '' ? (tls ? 443 : 80) : Number(url.port), tls };
}

function notAnOrigin(pattern: string): MooringError {
  return new MooringError('invalid_settings', `the override of "${pattern}" does not name two origins`);
}
