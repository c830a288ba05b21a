/** The record of what the sandbox was asked. Never keeps a body, a token, a code, a signature or a secret. */
import type { Exchange } from './exchange.ts';
import type { Sandbox } from './sandbox.ts';

const KEPT = 20_000;
const SECRET_PARAMS =
  /^(access_token|refresh_token|sign|hmac|code|auth_code|spapi_oauth_code|code_verifier|signature|client_secret|app_secret|consumer_key|consumer_secret|ws_key|signed_payload_jwt|X-Amz-Signature|oauth_.*)$/;

export interface RequestRecord {
  n: number;
  at: string;
  method: string;
  host: string;
  path: string;
  query: string;
  shop: string | null;
  grantId: string | null;
  operation: string | null;
  /** Null: the connection was closed without an answer. */
  status: number | null;
  fault: string | null;
  /** Requests to the same shop and path under way when this one came, itself included. */
  inFlight: number;
  durationMs: number;
}

export function maskedQuery(query: URLSearchParams): string {
  return [...query].map(([name, value]) => `${name}=${SECRET_PARAMS.test(name) ? '***' : value}`).join('&');
}

/** Begins a record; the returned function ends it with what was answered. */
export function record(sandbox: Sandbox, exchange: Exchange, shopKey: string | null) {
  const place = `${shopKey ?? exchange.host} ${exchange.path}`;
  const inFlight = (sandbox.inFlight.get(place) ?? 0) + 1;
  sandbox.inFlight.set(place, inFlight);
  const startedAt = performance.now();
  const at = new Date(sandbox.now()).toISOString();
  return (answered: { status: number | null; fault: string | null }) => {
    const left = (sandbox.inFlight.get(place) ?? 1) - 1;
    if (left === 0) sandbox.inFlight.delete(place);
    else sandbox.inFlight.set(place, left);
    sandbox.requestCount += 1;
    sandbox.requests.push({
      n: sandbox.requestCount,
      at,
      method: exchange.method,
      host: exchange.host,
      path: exchange.path,
      query: maskedQuery(exchange.query),
      shop: shopKey,
      grantId: exchange.grantId ?? null,
      operation: exchange.operation ?? null,
      status: answered.status,
      fault: answered.fault,
      inFlight,
      durationMs: Math.round(performance.now() - startedAt),
    });
    if (sandbox.requests.length > KEPT) sandbox.requests.splice(0, KEPT / 10);
  };
}
