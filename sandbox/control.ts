/** The control API under `/_control`, on any host: what tests and the demo use to make shops and to do harm. Never part of a platform. */
import { BENCH_HOST, BENCH_TOKEN } from './bench.ts';
import { answerPushes, answerSubscriptions } from './control-push.ts';
import { answerShops } from './control-shops.ts';
import { type Answer, bodyFields, type Exchange, isRecord, json, textField } from './exchange.ts';
import { FAULT_KINDS, type Fault, type FaultKind } from './faults.ts';
import { randomHex } from './grants.ts';
import { keyPairOf } from './jwt.ts';
import { SIMULATED } from './platforms.ts';
import { pump } from './pushing.ts';
import type { Sandbox } from './sandbox.ts';
import { SIGV4_HOST } from './sigv4.ts';
import { isCentral } from './simulated.ts';
import { isPlatformName } from './state.ts';

export function badRequest(message: string): Answer {
  return json(400, { error: message });
}

/** `curl -d '{…}'` calls its body a form unless told otherwise; what begins with a brace is none. */
function asMeant(exchange: Exchange): Exchange {
  if (!exchange.bodyText.trimStart().startsWith('{')) return exchange;
  return { ...exchange, headers: { ...exchange.headers, 'content-type': 'application/json' } };
}

export function answerControl(sandbox: Sandbox, received: Exchange): Answer | Promise<Answer> {
  const exchange = asMeant(received);
  const [, , noun = '', ...rest] = exchange.path.split('/');
  switch (noun) {
    case '':
      return json(200, {
        sandbox: 'mooring',
        nouns: [
          'origins',
          'apps',
          'keys',
          'shops',
          'grants',
          'faults',
          'requests',
          'pushes',
          'subscriptions',
          'clock',
          'settings',
          'bench',
          'reset',
        ],
        bench: { host: BENCH_HOST, token: BENCH_TOKEN },
      });
    case 'origins':
      return answerOrigins(sandbox);
    case 'apps':
      return answerApps(sandbox, exchange, rest[0]);
    case 'keys':
      if (!isPlatformName(rest[0])) return badRequest(`no platform "${rest[0] ?? ''}"`);
      return json(200, { publicKey: keyPairOf(sandbox, rest[0]).publicKey });
    case 'shops':
      return answerShops(sandbox, exchange, rest);
    case 'grants':
      return answerGrants(sandbox, exchange);
    case 'faults':
      return answerFaults(sandbox, exchange, rest[0]);
    case 'requests':
      return answerRequests(sandbox, exchange);
    case 'pushes':
      return answerPushes(sandbox, exchange);
    case 'subscriptions':
      return answerSubscriptions(sandbox, exchange, rest[0]);
    case 'clock':
      return answerClock(sandbox, exchange);
    case 'settings':
      return answerSettings(sandbox, exchange);
    case 'reset':
      sandbox.reset();
      return json(200, { ok: true });
    default:
      return json(404, { error: `no control "${noun}"` });
  }
}

/** The origins the sandbox plays, for MOORING_ORIGIN_OVERRIDES; `*` stands for one label. */
function answerOrigins(sandbox: Sandbox): Answer {
  const playing = Object.values(SIMULATED).flatMap((platform) =>
    isCentral(platform)
      ? originsOf(platform.hosts)
      : [...platform.origins, ...originsOf(platform.shared?.hosts)],
  );
  const declared = Object.values(sandbox.state.shops)
    .filter((shop) => !isCentral(SIMULATED[shop.platform]))
    .map((shop) => `${shop.secure ? 'https' : 'http'}://${shop.host}`);
  const origins = new Set([...playing, `https://${BENCH_HOST}`, `https://${SIGV4_HOST}`, ...declared]);
  return json(200, { origins: [...origins] });
}

const originsOf = (hosts: readonly string[] = []) => hosts.map((host) => `https://${host}`);

const APP_NUMBERS = ['accessTtlS', 'refreshTtlS', 'codeTtlS', 'callsPerS'] as const;

function answerApps(sandbox: Sandbox, exchange: Exchange, name: string | undefined): Answer {
  if (exchange.method === 'GET') return json(200, { data: Object.values(sandbox.state.apps) });
  if (!isPlatformName(name)) return badRequest(`no app at "${name ?? ''}"`);
  const app = sandbox.state.apps[name];
  const fields = bodyFields(exchange);
  const { secret, redirectUris, notifyUrl, rejecting, expiringRequired, switches } = fields;
  if (typeof secret === 'string') app.secret = secret;
  if (typeof notifyUrl === 'string') app.notifyUrl = notifyUrl;
  if (Array.isArray(redirectUris)) app.redirectUris = redirectUris.map(String);
  if (typeof rejecting === 'boolean') app.rejecting = rejecting;
  if (typeof expiringRequired === 'boolean') app.expiringRequired = expiringRequired;
  for (const which of APP_NUMBERS) {
    const value = fields[which];
    if (typeof value === 'number' && value >= 0) app[which] = value;
  }
  for (const [which, on] of Object.entries(isRecord(switches) ? switches : {})) {
    if (!Object.hasOwn(app.switches, which)) return badRequest(`"${name}" has no switch "${which}"`);
    app.switches[which] = on === true;
  }
  sandbox.changed();
  return json(200, app);
}

/** Grants without their tokens: what was exchanged, called and refused. */
function answerGrants(sandbox: Sandbox, exchange: Exchange): Answer {
  const shop = exchange.query.get('shop');
  const grants = Object.values(sandbox.state.grants).filter((one) => shop === null || one.shopKey === shop);
  const data = grants.map(({ generations, facts: _facts, ...grant }) => ({
    ...grant,
    generation: generations.at(-1)?.n ?? 0,
    accessExpiresAt: instant(generations.at(-1)?.accessExpiresAtMs),
    refreshExpiresAt: instant(generations.at(-1)?.refreshExpiresAtMs),
  }));
  return json(200, { data });
}

function instant(ms: number | null | undefined): string | null {
  return ms === null || ms === undefined ? null : new Date(ms).toISOString();
}

function answerFaults(sandbox: Sandbox, exchange: Exchange, id: string | undefined): Answer {
  if (exchange.method === 'GET') return json(200, { data: sandbox.faults });
  if (exchange.method === 'DELETE') {
    sandbox.faults = id === undefined ? [] : sandbox.faults.filter((fault) => fault.id !== id);
    return json(200, { ok: true });
  }
  const fields = bodyFields(exchange);
  const fault = readFault(fields);
  if (typeof fault === 'string') return badRequest(fault);
  sandbox.faults.push(fault);
  return json(201, fault);
}

function isFaultKind(text: string): text is FaultKind {
  return FAULT_KINDS.some((kind) => kind === text);
}

function readFault(fields: Record<string, unknown>): Fault | string {
  const kind = textField(fields, 'kind');
  if (!isFaultKind(kind)) return `"${kind}" is not one of ${FAULT_KINDS.join(', ')}`;
  const text = (name: string) => (typeof fields[name] === 'string' ? String(fields[name]) : null);
  const number = (name: string) => (typeof fields[name] === 'number' ? Number(fields[name]) : null);
  const path = text('path');
  try {
    new RegExp(path ?? '');
  } catch {
    return `"${path}" is not a regular expression`;
  }
  return {
    id: `fault_${randomHex(4)}`,
    kind,
    shop: text('shop'),
    path,
    method: text('method'),
    left: fields['count'] === null ? null : (number('count') ?? 1),
    hits: 0,
    status: number('status') ?? (kind === 'status' ? 500 : 200),
    retryAfterS: number('retryAfterS'),
    body: text('body'),
    ms: number('ms') ?? 1_000,
    to: text('to') ?? 'self',
    bytes: number('bytes'),
    depth: fields['depth'] === 'fields' ? 'fields' : 'envelope',
  };
}

function answerRequests(sandbox: Sandbox, exchange: Exchange): Answer {
  if (exchange.method === 'DELETE') {
    sandbox.requests = [];
    return json(200, { ok: true });
  }
  const { query } = exchange;
  const [shop, path, after] = [query.get('shop'), query.get('path'), Number(query.get('after') ?? 0)];
  const data = sandbox.requests.filter(
    (one) =>
      one.n > after &&
      (shop === null || one.shop === shop || one.host === shop) &&
      (path === null || one.path.includes(path)),
  );
  return json(200, { total: sandbox.requestCount, data });
}

function answerClock(sandbox: Sandbox, exchange: Exchange): Answer {
  if (exchange.method !== 'GET') {
    const { offsetMs, skewMs } = bodyFields(exchange);
    if (typeof offsetMs === 'number') sandbox.state.clockOffsetMs = offsetMs;
    if (typeof skewMs === 'number') sandbox.state.clockSkewMs = skewMs;
    sandbox.changed();
    pump(sandbox);
  }
  const { clockOffsetMs, clockSkewMs } = sandbox.state;
  return json(200, {
    now: new Date(sandbox.now()).toISOString(),
    offsetMs: clockOffsetMs,
    skewMs: clockSkewMs,
  });
}

function answerSettings(sandbox: Sandbox, exchange: Exchange): Answer {
  if (exchange.method !== 'GET') {
    const { settings } = sandbox.state;
    for (const [name, value] of Object.entries(bodyFields(exchange))) {
      const known = Object.entries(settings).find(([one]) => one === name);
      if (known === undefined || typeof known[1] !== typeof value)
        return badRequest(`no setting "${name}" of that type`);
      if (name === 'approval' && !['ask', 'approve', 'deny'].includes(String(value)))
        return badRequest('approval is ask, approve or deny');
      Object.assign(settings, { [name]: value });
    }
    sandbox.changed();
  }
  return json(200, sandbox.state.settings);
}
