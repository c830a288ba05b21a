// The SSRF guard: which addresses a call may go to, checked in the connector on every new socket, literal addresses included.
// It must never say why an address was refused: the answer would map the network behind us. Ambient proxy settings are not read.
import { lookup as systemLookup } from 'node:dns/promises';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { connect as connectTcp, isIP, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { buildConnector } from 'undici';
import { MooringError } from '../domain/errors.ts';
import type { ClientCertificate } from '../domain/outbound.ts';
import { isAllowedAddress } from './addresses.ts';
import type { LoopbackTarget, OriginOverrides } from './overrides.ts';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

export interface GuardSettings {
  readonly originOverrides: OriginOverrides;
  readonly allowPrivateNetworks: boolean;
  /** Ports beside 443 (and 80 where http is permitted). Any port where private networks are allowed. */
  readonly allowedPorts?: readonly number[];
  /** All addresses of a host; the system's resolver unless a test brings its own. */
  readonly resolve?: (hostname: string) => Promise<readonly ResolvedAddress[]>;
  /** Certificates of authorities (PEM) to trust; the usual ones unless a test brings its own. */
  readonly ca?: string;
  /** Milliseconds for TCP and TLS together; default 5000. */
  readonly connectTimeoutMs?: number;
}

export interface Guard {
  /** Parses and judges an address before anything is resolved. Throws address_not_allowed, always with the same text. */
  check(url: string, permitHttp?: boolean): URL;
  /** Opens sockets for undici, to checked addresses alone. */
  readonly connector: buildConnector.connector;
  /** The same, showing this certificate (RFC 8705). It holds the key: whoever asks for it drops it with the call. */
  connectorWith(certificate: ClientCertificate): buildConnector.connector;
  /** The same for a client that speaks through node's own http. Sockets end after `lifetimeMs`, and all of them with `until`. */
  agents(lifetimeMs: number, until: AbortSignal): GuardedAgents;
}

export interface GuardedAgents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

/** One a process. Every way out of it goes through the same lookup, which gives public addresses alone, unless private networks are allowed. */
export function createGuard(settings: GuardSettings): Guard {
  const lookup = guardedLookup(settings);
  return {
    check: (url, permitHttp = false) => checkUrl(settings, url, permitHttp),
    connector: guardedConnector(settings, lookup, {}),
    connectorWith: (certificate) => guardedConnector(settings, lookup, tlsOfCertificate(certificate)),
    agents: (lifetimeMs, until) => guardedAgents(settings, lookup, lifetimeMs, until),
  };
}

/** One text for all reasons. */
export function addressNotAllowed(): MooringError {
  return new MooringError('address_not_allowed', 'the address is not a public https address of a platform');
}

function checkUrl(settings: GuardSettings, text: string, permitHttp: boolean): URL {
  if (!URL.canParse(text)) throw addressNotAllowed();
  const url = new URL(text);
  if (url.username !== '' || url.password !== '' || url.hash !== '') throw addressNotAllowed();
  if (settings.originOverrides(url.origin) !== undefined) return url;
  const isHttp = url.protocol === 'http:' && (permitHttp || settings.allowPrivateNetworks);
  if (url.protocol !== 'https:' && !isHttp) throw addressNotAllowed();
  const isPortAllowed =
    url.port === '' ||
    settings.allowPrivateNetworks ||
    (settings.allowedPorts ?? []).includes(Number(url.port));
  if (!isPortAllowed) throw addressNotAllowed();
  assertHost(settings, url.hostname);
  return url;
}

/** Literal addresses never reach a lookup, so they are judged here, again at every connect. */
function assertHost(settings: GuardSettings, hostname: string): void {
  const host = withoutBrackets(hostname);
  if (host === '' || host.endsWith('.')) throw addressNotAllowed();
  if (isIP(host) !== 0 && !isAllowedAddress(host, settings.allowPrivateNetworks)) throw addressNotAllowed();
}

function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}

/** Resolves and judges in one step: the socket goes to the very addresses that were judged (no rebinding in between). */
function guardedLookup(settings: GuardSettings): LookupFunction {
  const resolve =
    settings.resolve ?? ((hostname: string) => systemLookup(hostname, { all: true, verbatim: true }));
  return (hostname, options, callback) => {
    resolve(hostname).then(
      (addresses) => {
        const isAllowed = addresses.every(({ address }) =>
          isAllowedAddress(address, settings.allowPrivateNetworks),
        );
        const [first] = addresses;
        if (!isAllowed || first === undefined) callback(addressNotAllowed(), []);
        else if (options.all === true) callback(null, [...addresses]);
        else callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, []),
    );
  };
}

function guardedConnector(
  settings: GuardSettings,
  lookup: LookupFunction,
  own: ReturnType<typeof tlsOfCertificate> | Record<string, never>,
): buildConnector.connector {
  const timeout = settings.connectTimeoutMs ?? 5000;
  const toPublic = buildConnector({ lookup, timeout, autoSelectFamily: true, ...tlsOf(settings), ...own });
  const toLoopback = buildConnector({ timeout, ...tlsOf(settings), ...own });
  return (options, callback) => {
    const target = settings.originOverrides(originOf(options.protocol, options.hostname, options.port));
    if (target !== undefined) {
      toLoopback({ ...options, ...loopbackOptions(target, options.hostname) }, callback);
      return;
    }
    try {
      assertHost(settings, options.hostname);
    } catch (error) {
      callback(error instanceof Error ? error : addressNotAllowed(), null);
      return;
    }
    toPublic(options, callback);
  };
}

function tlsOfCertificate(certificate: ClientCertificate) {
  const passphrase = certificate.passphrase === undefined ? {} : { passphrase: certificate.passphrase };
  return certificate.kind === 'pfx'
    ? { pfx: Buffer.from(certificate.pfxBase64, 'base64'), ...passphrase }
    : { cert: certificate.certificate, key: certificate.privateKey, ...passphrase };
}

/** Said here and not left to defaults, which the environment can weaken (NODE_TLS_REJECT_UNAUTHORIZED, --tls-min-v1.0). */
function tlsOf({ ca }: GuardSettings) {
  return {
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    ...(ca === undefined ? {} : { ca }),
  } as const;
}

/** Over TLS the certificate is still that of the real host: only the socket goes elsewhere. */
function loopbackOptions(target: LoopbackTarget, realHost: string): buildConnector.Options {
  const host = target.hostname.includes(':') ? `[${target.hostname}]` : target.hostname;
  return {
    hostname: target.hostname,
    host: `${host}:${target.port}`,
    protocol: target.tls ? 'https:' : 'http:',
    port: String(target.port),
    servername: target.tls ? realHost : '',
  };
}

function originOf(protocol: string, hostname: string, port: string | number | null | undefined): string {
  const isDefault = !port || String(port) === (protocol === 'https:' ? '443' : '80');
  return `${protocol}//${hostname}${isDefault ? '' : `:${port}`}`;
}

function guardedAgents(
  settings: GuardSettings,
  lookup: LookupFunction,
  lifetimeMs: number,
  until: AbortSignal,
): GuardedAgents {
  const open = (protocol: 'http:' | 'https:', options: AgentConnectOptions): Socket => {
    until.throwIfAborted();
    const socket = openSocket(settings, lookup, protocol, options);
    const timer = setTimeout(() => socket.destroy(new Error('the socket outlived its bound')), lifetimeMs);
    const destroy = () => void socket.destroy();
    until.addEventListener('abort', destroy, { once: true });
    return socket.once('close', () => {
      clearTimeout(timer);
      until.removeEventListener('abort', destroy);
    });
  };
  const http = new HttpAgent({ keepAlive: false });
  const https = new HttpsAgent({ keepAlive: false });
  http.createConnection = (options) => open('http:', options);
  https.createConnection = (options) => open('https:', options);
  return { http, https };
}

interface AgentConnectOptions {
  host?: string | null | undefined;
  port?: number | string | null | undefined;
}

/** Throws to the caller of the request where the address is refused. */
function openSocket(
  settings: GuardSettings,
  lookup: LookupFunction,
  protocol: 'http:' | 'https:',
  options: AgentConnectOptions,
): Socket {
  const host = withoutBrackets(options.host ?? '');
  const port = Number(options.port ?? (protocol === 'https:' ? 443 : 80));
  const origin = originOf(protocol, host.includes(':') ? `[${host}]` : host, port);
  const target = settings.originOverrides(origin);
  if (target !== undefined) {
    const to = { host: target.hostname, port: target.port };
    return target.tls ? connectTls({ ...to, ...tlsOf(settings), servername: host }) : connectTcp(to);
  }
  checkUrl(settings, `${origin}/`, false);
  const to = { host, port, lookup, autoSelectFamily: true };
  if (protocol === 'http:') return connectTcp(to);
  return connectTls({ ...to, ...tlsOf(settings), ...(isIP(host) === 0 ? { servername: host } : {}) });
}
