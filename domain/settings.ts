// The settings of worker and http as one pure reading of the environment. Every wrong value is listed before a process refuses to start;
// no message repeats a value, because some are secrets. Temporal's own settings are in temporal.config.ts.
import { type FieldError, MooringError } from './errors.ts';
import { type PubSubSettings, pubSubSettings, type QueueSettings, queueSettings } from './queue-settings.ts';

export interface Settings {
  readonly isProduction: boolean;
  readonly databaseUrl: string;
  /** Connections to PostgreSQL a process opens. */
  readonly databasePool: number;
  readonly port: number;
  readonly host: string;
  /** Where the world reaches the HTTP part, without trailing slash. */
  readonly publicUrl: string;
  /** The key-encrypting keys of the local key provider, 32 bytes in base64 each: the first wraps, all unwrap. Empty where there is a file. */
  readonly keyEncryptingKeys: readonly string[];
  /** A file with them, one a line, that may be replaced while the process runs; null when there is none. */
  readonly keyFile: string | null;
  /** JSON of real origin → loopback origin; null when there is none. */
  readonly originOverrides: string | null;
  readonly allowPrivateNetworks: boolean;
  /** A folder of platform modules from outside; null when there is none. */
  readonly platformsFolder: string | null;
  readonly returnOrigins: readonly string[];
  /** The vendor's page for installs that began at a platform; null when there is none. */
  readonly claimUrl: string | null;
  readonly trustedProxies: number;
  readonly logLevel: string;
  /** Queues of ours that platforms write into, and who reads them. */
  readonly queues: QueueSettings;
  /** Google Pub/Sub's pushes; null: none is taken. */
  readonly pubSub: PubSubSettings | null;
}

type Environment = Readonly<Record<string, string | undefined>>;

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/** Reads the environment. Throws invalid_settings with one entry in `fields` for each wrong value. */
export function readSettings(env: Environment): Settings {
  const wrong: FieldError[] = [];
  const refuse = (name: string, rule: string): void => {
    wrong.push({ path: name, rule });
  };
  const isProduction = env['NODE_ENV'] === 'production';
  const port = wholeNumber(env, 'PORT', { fallback: 3000, min: 0, max: 65_535 }, refuse);
  const settings: Settings = {
    isProduction,
    databaseUrl: databaseUrl(env, refuse),
    databasePool: wholeNumber(env, 'MOORING_DATABASE_POOL', { fallback: 10, min: 2, max: 500 }, refuse),
    port,
    host: env['HOST'] ?? (isProduction ? '0.0.0.0' : '127.0.0.1'),
    publicUrl: publicUrl(env, isProduction, port, refuse),
    keyEncryptingKeys: keyEncryptingKeys(env, refuse),
    keyFile: present(env['MOORING_KEK_FILE']),
    originOverrides: developmentOnly(env, 'MOORING_ORIGIN_OVERRIDES', isProduction, refuse),
    allowPrivateNetworks:
      yesOrNo(env, 'MOORING_ALLOW_PRIVATE_NETWORKS', refuse) && notInProduction(isProduction, refuse),
    platformsFolder: present(env['MOORING_PLATFORMS']),
    returnOrigins: origins(env, refuse),
    claimUrl: claimUrl(env, refuse),
    trustedProxies: wholeNumber(env, 'MOORING_TRUSTED_PROXIES', { fallback: 0, min: 0, max: 10 }, refuse),
    logLevel: logLevel(env, refuse),
    queues: queueSettings(env, refuse),
    pubSub: pubSubSettings(env, refuse),
  };
  if (wrong.length > 0) {
    const list = wrong.map(({ path, rule }) => `"${path}" ${rule}`).join('; ');
    throw new MooringError('invalid_settings', `the settings are wrong: ${list}`, { fields: wrong });
  }
  return settings;
}

type Refuse = (name: string, rule: string) => void;

const present = (text: string | undefined): string | null =>
  text === undefined || text.trim() === '' ? null : text.trim();

function databaseUrl(env: Environment, refuse: Refuse): string {
  const text = present(env['DATABASE_URL']);
  const url = text === null ? null : parseUrl(text);
  if (url === null || !['postgres:', 'postgresql:'].includes(url.protocol)) {
    refuse('DATABASE_URL', 'must be a postgresql:// connection string');
    return '';
  }
  return url.href;
}

function publicUrl(env: Environment, isProduction: boolean, port: number, refuse: Refuse): string {
  const text = present(env['MOORING_PUBLIC_URL']);
  if (text === null) {
    if (isProduction)
      refuse('MOORING_PUBLIC_URL', 'is required in production: platforms send merchants back to it');
    return `http://127.0.0.1:${port}`;
  }
  const url = parseUrl(text);
  const isForm =
    url !== null && ['http:', 'https:'].includes(url.protocol) && url.pathname === '/' && url.search === '';
  if (!isForm) refuse('MOORING_PUBLIC_URL', 'must be an origin such as https://mooring.example');
  else if (isProduction && url.protocol !== 'https:')
    refuse('MOORING_PUBLIC_URL', 'must be https in production');
  return url?.origin ?? '';
}

const KEY_FORM = /^[A-Za-z0-9+/]{43}=$/;

function keyEncryptingKeys(env: Environment, refuse: Refuse): readonly string[] {
  const newest = present(env['MOORING_KEK']);
  const former = (present(env['MOORING_KEK_FORMER']) ?? '').split(',').flatMap((part) => present(part) ?? []);
  if (present(env['MOORING_KEK_FILE']) !== null) {
    for (const name of ['MOORING_KEK', 'MOORING_KEK_FORMER'])
      if (present(env[name]) !== null) refuse(name, 'must not be set beside MOORING_KEK_FILE');
    return [];
  }
  if (newest === null || !KEY_FORM.test(newest))
    refuse('MOORING_KEK', 'must be 32 bytes in base64 (openssl rand -base64 32)');
  if (!former.every((key) => KEY_FORM.test(key)))
    refuse('MOORING_KEK_FORMER', 'must be keys of 32 bytes in base64 with commas between them');
  return [...new Set([newest ?? '', ...former])];
}

function developmentOnly(
  env: Environment,
  name: string,
  isProduction: boolean,
  refuse: Refuse,
): string | null {
  const text = present(env[name]);
  if (text !== null && isProduction) refuse(name, 'is for development and is refused in production');
  return text;
}

function notInProduction(isProduction: boolean, refuse: Refuse): boolean {
  if (isProduction)
    refuse('MOORING_ALLOW_PRIVATE_NETWORKS', 'is for development and is refused in production');
  return !isProduction;
}

function origins(env: Environment, refuse: Refuse): readonly string[] {
  const parts = (present(env['MOORING_RETURN_ORIGINS']) ?? '')
    .split(',')
    .flatMap((part) => present(part) ?? []);
  return parts.map((part) => {
    const url = parseUrl(part);
    if (url === null || url.origin === 'null' || url.pathname !== '/') {
      refuse(
        'MOORING_RETURN_ORIGINS',
        'must be origins with commas between them, such as https://app.vendor.example',
      );
    }
    return url?.origin ?? '';
  });
}

function logLevel(env: Environment, refuse: Refuse): string {
  const level = present(env['LOG_LEVEL']) ?? 'info';
  if (!LOG_LEVELS.includes(level)) refuse('LOG_LEVEL', `must be one of ${LOG_LEVELS.join(', ')}`);
  return level;
}

function yesOrNo(env: Environment, name: string, refuse: Refuse): boolean {
  const text = present(env[name]) ?? 'false';
  if (text !== 'true' && text !== 'false') refuse(name, 'must be true or false');
  return text === 'true';
}

function wholeNumber(
  env: Environment,
  name: string,
  bounds: { fallback: number; min: number; max: number },
  refuse: Refuse,
): number {
  const text = present(env[name]);
  if (text === null) return bounds.fallback;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < bounds.min || value > bounds.max) {
    refuse(name, `must be a whole number from ${bounds.min} to ${bounds.max}`);
  }
  return value;
}

function parseUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

/** https, or http on this machine; what is appended is a query of ours. */
function claimUrl(env: Environment, refuse: Refuse): string | null {
  const text = present(env['MOORING_CLAIM_URL']);
  if (text === null) return null;
  const url = URL.canParse(text) ? new URL(text) : null;
  const isLoopback = url !== null && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  const isFit = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback);
  if (isFit && url?.username === '' && url.hash === '') return text;
  refuse('MOORING_CLAIM_URL', 'must be an https address');
  return null;
}
