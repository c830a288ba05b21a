// One outbound call, step by step: allowed origin, rate budget, fence, signature, sending, classification, counting.
// The order is the contract: nothing is signed that may not be sent, nothing is sent on an old fence.
import { mintAppToken, signRequest } from '../auth/index.ts';
import type { CredentialMaterial, Purpose } from '../domain/credential.ts';
import { MooringError } from '../domain/errors.ts';
import type { ConnectionId, TenantId } from '../domain/ids.ts';
import type { OutboundAnswer, OutboundRequest } from '../domain/outbound.ts';
import type { AuthMethod, Platform, PlatformRequest } from '../domain/platform.ts';
import type { Secret } from '../domain/secret.ts';
import { baseUrlFor } from '../platforms/base-url.ts';
import { expandShop } from '../platforms/shop.ts';
import { fillTemplate } from '../platforms/template.ts';
import type { EndpointUses } from './endpoint-uses.ts';
import type { FenceWatch } from './fence.ts';
import { addressNotAllowed } from './guard.ts';
import { type ReadAnswer, readAnswer } from './outcome.ts';
import type { RateBudgets } from './rate-budget.ts';
import { type SendBounds, type Sender, TOKEN_BOUNDS } from './send.ts';
import type { Clock } from './surroundings.ts';

export interface CallParts {
  readonly sender: Sender;
  readonly budgets: RateBudgets;
  readonly fence: FenceWatch;
  readonly uses: EndpointUses;
  readonly clock: Clock;
  readonly bounds: SendBounds;
}

/** On whose behalf, and with what, a call is made. */
export interface CallSubject {
  readonly tenantId: TenantId;
  readonly connectionId: ConnectionId;
  readonly purpose: Purpose;
  readonly signal: AbortSignal | undefined;
  readonly platform: Platform;
  readonly shop: Readonly<Record<string, string>>;
  readonly registration: {
    readonly id: string;
    readonly tenantId: TenantId | null;
    readonly clientId: string;
    readonly secret: Secret | null;
    readonly fields: Readonly<Record<string, Secret>>;
  } | null;
}

export interface SigningMaterial {
  readonly method: AuthMethod;
  readonly credential: CredentialMaterial;
}

/** Retries of one call that the platform asked to wait for; longer waits are the caller's. */
const MAX_WAITS = 2;

/**
 * Makes the call with the material `materialFor` gives once the fence has been read, and reads its answer whatever its class.
 * A 429 with a short wait is waited out here. Throws as PlatformCall does, short of the classes.
 */
export async function performCall(
  parts: CallParts,
  subject: CallSubject,
  request: PlatformRequest,
  materialFor: (generation: number | null) => Promise<SigningMaterial>,
): Promise<ReadAnswer> {
  const base = new URL(baseUrlOf(subject, request));
  assertPath(request.path);
  const spender = { ...subject, endpoint: request.endpoint };
  for (let waits = 0; ; waits++) {
    await parts.budgets.spend(spender, request.cost ?? 1, subject.signal);
    const generation = await passFence(parts.fence, subject);
    const own = await materialFor(generation);
    const material = request.asApp === true ? await ofOurApp(parts, subject) : own;
    const outbound = await signed(parts, subject, material, request);
    assertWithin(base, outbound.url);
    const answer = await sendFenced(parts, subject, outbound).catch((error: unknown) => {
      parts.uses.count(subject.tenantId, subject.connectionId, request.endpoint, 'failed');
      throw error;
    });
    const read = readAndCount(parts, subject, request, { answer, credentialKind: material.credential.kind });
    if (read.result.classification !== 'retry_after') return read;
    const waitMs = read.retryAfterMs ?? 0;
    await parts.budgets.block(spender, parts.clock.nowMs() + waitMs);
    if (waits >= MAX_WAITS) return read;
    // The next turn of the loop waits in `spend`, which throws platform_rate_limited when the wait is long.
  }
}

/** A token of our app's own, minted for this call. Throws registration_missing, and the codes of an exchange. */
async function ofOurApp(parts: CallParts, subject: CallSubject): Promise<SigningMaterial> {
  const { platform, shop, registration } = subject;
  const { appToken } = platform;
  const method = platform.auth.find(({ credentialKind }) => credentialKind === appToken?.kind);
  if (appToken === undefined || method === undefined)
    throw new MooringError('internal', `"${platform.id}" has no token for our app itself`);
  const bounded = { ...parts, bounds: TOKEN_BOUNDS };
  const context = {
    platform,
    shop,
    registration: registration === null ? null : { ...registration, redirectUri: null, earlierSecrets: [] },
    authorization: null,
    send: (request: OutboundRequest) => sendFenced(bounded, subject, request),
    nowMs: parts.clock.nowMs(),
  };
  const accessToken = await mintAppToken(context, appToken.token);
  return { method, credential: { kind: appToken.kind, parts: { accessToken } } };
}

/** The platform's base URL of a request, for this shop. */
function baseUrlOf(
  subject: { platform: Platform; shop: Readonly<Record<string, string>> },
  request: PlatformRequest,
): string {
  const { platform, shop } = subject;
  return fillTemplate(baseUrlFor(platform, request), expandShop(platform, shop));
}

/** A shop on plain http is called where the platform's data says how to sign without TLS, and nowhere else. */
export function permitsHttp(platform: Platform): boolean {
  return platform.baseUrl.startsWith('http:') || platform.auth.some((one) => one.signOverHttp !== undefined);
}

/** Sends under the fence, unless the purpose is `revocation`: that one must get through after it. */
export async function sendFenced(
  parts: Pick<CallParts, 'sender' | 'fence' | 'bounds'>,
  subject: CallSubject,
  outbound: OutboundRequest,
): Promise<OutboundAnswer> {
  const options = { bounds: parts.bounds, permitHttp: permitsHttp(subject.platform) };
  if (subject.purpose === 'revocation')
    return parts.sender.send(outbound, { ...options, signal: subject.signal });
  if (!parts.fence.isFresh(subject.connectionId))
    await parts.fence.assertOpen(subject.tenantId, subject.connectionId);
  return parts.fence.guard(subject.connectionId, (fence) => {
    const signal = subject.signal === undefined ? fence : AbortSignal.any([fence, subject.signal]);
    return parts.sender.send(outbound, { ...options, signal });
  });
}

async function passFence(fence: FenceWatch, subject: CallSubject): Promise<number | null> {
  if (subject.purpose === 'revocation') return null;
  return (await fence.assertOpen(subject.tenantId, subject.connectionId)).generation;
}

async function signed(
  parts: CallParts,
  subject: CallSubject,
  material: SigningMaterial,
  request: PlatformRequest,
): Promise<OutboundRequest> {
  const context = {
    platform: subject.platform,
    shop: subject.shop,
    clientId: subject.registration?.clientId ?? null,
    clientSecret: subject.registration?.secret ?? null,
    registration: subject.registration?.fields ?? {},
    credential: material.credential,
    nowMs: parts.clock.nowMs(),
  };
  return await signRequest(material.method, context, request);
}

function readAndCount(
  parts: CallParts,
  subject: CallSubject,
  request: PlatformRequest,
  { answer, credentialKind }: { answer: OutboundAnswer; credentialKind: string },
): ReadAnswer {
  let read: ReadAnswer | null = null;
  try {
    read = readAnswer(subject.platform, request, answer, credentialKind);
    parts.budgets.observe({ ...subject, endpoint: request.endpoint }, read.result);
    return read;
  } finally {
    const isOk = read?.result.classification === 'ok';
    parts.uses.count(subject.tenantId, subject.connectionId, request.endpoint, isOk ? 'ok' : 'failed');
  }
}

/** A path that climbs, or that a server may read as climbing, is refused before it is signed. */
function assertPath(path: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  const isPlain = path.startsWith('/') && !path.startsWith('//') && !/[\\\u0000-\u0020\u007f#]/.test(path);
  const climbs = (path.split('?')[0] ?? '').split('/').some((segment) => /^(\.|%2e){1,2}$/i.test(segment));
  if (!isPlain || climbs) throw addressNotAllowed();
}

/** What was signed must still go to the platform's own base: never to another host a cursor or a caller named. */
function assertWithin(base: URL, signedUrl: string): void {
  const url = URL.canParse(signedUrl) ? new URL(signedUrl) : null;
  const root = base.pathname.endsWith('/') ? base.pathname : `${base.pathname}/`;
  if (url === null || url.origin !== base.origin || !url.pathname.startsWith(root)) throw addressNotAllowed();
}
