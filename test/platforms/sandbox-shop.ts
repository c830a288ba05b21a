// A shop of the sandbox, spoken to over real HTTP with requests signed by auth/, as egress would send them: real host, loopback socket.
import { setTimeout as pause } from 'node:timers/promises';
import { request } from 'undici';
import { signRequest } from '../../auth/index.ts';
import type { OutboundAnswer, OutboundRequest } from '../../domain/outbound.ts';
import type {
  AuthMethod,
  Json,
  PassContext,
  Platform,
  PlatformRequest,
  ResourceDefinition,
} from '../../domain/platform.ts';
import type { UnifiedRecord } from '../../domain/resource.ts';
import type { Secret } from '../../domain/secret.ts';
import { parseJson } from '../../egress/parse-json.ts';
import { classify } from '../../platforms/classify.ts';

export interface SandboxShop {
  readonly platform: Platform;
  readonly method: AuthMethod;
  readonly shop: Readonly<Record<string, string>>;
  readonly parts: Readonly<Record<string, Secret>>;
  readonly clientId: string | null;
  readonly clientSecret: Secret | null;
  readonly sandboxUrl: string;
}

/** Sends to the sandbox what is meant for the platform. */
export async function sendTo(sandboxUrl: string, outbound: OutboundRequest): Promise<OutboundAnswer> {
  const url = new URL(outbound.url);
  const answer = await request(`${sandboxUrl}${url.pathname}${url.search}`, {
    method: outbound.method as 'GET', // undici's own type is the union of what we send
    headers: { ...outbound.headers, 'x-forwarded-host': url.host, 'x-forwarded-proto': 'https' },
    body: outbound.body,
  });
  const headers = Object.entries(answer.headers).map(([name, value]) => [name, String(value)] as const);
  return {
    status: answer.statusCode,
    headers: Object.fromEntries(headers),
    bodyText: await answer.body.text(),
  };
}

export async function control(sandboxUrl: string, method: string, path: string, body?: Json): Promise<Json> {
  const answer = await fetch(`${sandboxUrl}/_control${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`the sandbox refused ${method} ${path}: ${text}`);
  return text === '' ? null : parseJson(text);
}

export async function callShop(of: SandboxShop, platformRequest: PlatformRequest) {
  const context = {
    platform: of.platform,
    shop: of.shop,
    clientId: of.clientId,
    clientSecret: of.clientSecret,
    credential: { kind: of.method.credentialKind, parts: of.parts },
    nowMs: Date.now(),
  };
  const answer = await sendTo(of.sandboxUrl, await signRequest(of.method, context, platformRequest));
  const body = /^\s*[[{]/.test(answer.bodyText) ? parseJson(answer.bodyText) : null;
  const classified = classify(of.platform, 'api', {
    status: answer.status,
    headers: answer.headers,
    body,
    credentialKind: of.method.credentialKind,
  });
  return { ...answer, body, ...classified };
}

export interface PassResult {
  readonly records: readonly UnifiedRecord[];
  readonly requests: number;
  readonly deleted: readonly string[];
}

/** Reads a whole pass, page after page, as the page activity does. */
export async function readPass(
  of: SandboxShop,
  definition: ResourceDefinition,
  pass: PassContext,
): Promise<PassResult> {
  const records: UnifiedRecord[] = [];
  const deleted: string[] = [];
  let requests = 0;
  const ask = async (platformRequest: PlatformRequest, tries = 0) => {
    requests++;
    const answer = await callShop(of, platformRequest);
    if (answer.means === 'retry_after' && tries < 20) {
      // As egress would: as long as the platform says, or a moment.
      await pause(Math.min(answer.retryAfterMs ?? 200, 2_000));
      return await ask(platformRequest, tries + 1);
    }
    if (answer.means !== 'ok') {
      throw new Error(
        `${platformRequest.endpoint} is ${answer.means}: ${answer.status} ${answer.bodyText.slice(0, 300)}`,
      );
    }
    return answer;
  };
  for (let cursor: Json = null, isFirst = true; isFirst || cursor !== null; isFirst = false) {
    const answer = await ask(definition.request(pass, cursor));
    const page = definition.read(pass, cursor, answer);
    let items = page.items;
    if (definition.details !== undefined && items.length > 0) {
      const found: Json[] = [];
      for (let from = 0; from < items.length; from += definition.details.max) {
        const batch = items.slice(from, from + definition.details.max);
        found.push(...definition.details.read(await ask(definition.details.request(pass, batch)), batch));
      }
      items = found;
    }
    records.push(...items.flatMap((item) => definition.map(item, pass)));
    deleted.push(...(page.deleted ?? []));
    cursor = page.next;
    if (requests > 2_000) throw new Error('the pass does not end');
  }
  return { records, requests, deleted };
}
