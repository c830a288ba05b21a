// The one table of error codes: what each means for HTTP, for a retry, and who must act. A code is public and never reused.

/** Who must act to get past the error. */
export type Actor = 'caller' | 'merchant' | 'vendor' | 'platform' | 'operator' | 'nobody';

interface ErrorRule {
  readonly status: number;
  readonly title: string;
  /** Whether the same call may succeed later without anybody changing anything. */
  readonly retry: boolean;
  readonly actor: Actor;
}

export const ERRORS = {
  // The caller's request
  invalid_request: {
    status: 422,
    title: 'The request does not have the required form',
    retry: false,
    actor: 'caller',
  },
  malformed_json: { status: 400, title: 'The body is not valid JSON', retry: false, actor: 'caller' },
  unsupported_media_type: {
    status: 415,
    title: 'The body has an unsupported media type',
    retry: false,
    actor: 'caller',
  },
  body_too_large: { status: 413, title: 'The body is too large', retry: false, actor: 'caller' },
  unauthenticated: { status: 401, title: 'A valid API key is required', retry: false, actor: 'caller' },
  notification_unverified: {
    status: 401,
    title: 'The notification is not proved to be the platform’s',
    retry: false,
    actor: 'platform',
  },
  forbidden: { status: 403, title: 'The API key may not do this', retry: false, actor: 'caller' },
  not_found: { status: 404, title: 'There is no such thing', retry: false, actor: 'caller' },
  method_not_allowed: {
    status: 405,
    title: 'The route does not take this method',
    retry: false,
    actor: 'caller',
  },
  too_many_requests: { status: 429, title: 'Too many requests', retry: true, actor: 'caller' },
  idempotency_key_reused: {
    status: 422,
    title: 'The idempotency key was used with another request',
    retry: false,
    actor: 'caller',
  },
  idempotency_in_progress: {
    status: 409,
    title: 'A request with this idempotency key is still running',
    retry: true,
    actor: 'caller',
  },
  invalid_cursor: { status: 422, title: 'The cursor is not one of ours', retry: false, actor: 'caller' },
  cursor_expired: {
    status: 410,
    title: 'The cursor belongs to an earlier epoch of the feed',
    retry: false,
    actor: 'caller',
  },
  // Connecting
  unknown_platform: { status: 422, title: 'There is no such platform', retry: false, actor: 'caller' },
  invalid_shop: { status: 422, title: 'A shop field is missing or malformed', retry: false, actor: 'caller' },
  invalid_credential_form: {
    status: 422,
    title: 'A credential field is missing or malformed',
    retry: false,
    actor: 'caller',
  },
  unsupported_permission: {
    status: 422,
    title: 'The platform does not offer this permission',
    retry: false,
    actor: 'caller',
  },
  connect_by_browser_only: {
    status: 422,
    title: 'The platform is connected by its own approval page',
    retry: false,
    actor: 'caller',
  },
  registration_missing: {
    status: 422,
    title: 'No client registration for this platform',
    retry: false,
    actor: 'vendor',
  },
  registration_in_use: {
    status: 409,
    title: 'Connections still use this client registration',
    retry: false,
    actor: 'caller',
  },
  credential_rejected: {
    status: 422,
    title: 'The platform rejected the credential',
    retry: false,
    actor: 'merchant',
  },
  signing_key_invalid: {
    status: 422,
    title: 'The private key cannot be used',
    retry: false,
    actor: 'merchant',
  },
  certificate_invalid: {
    status: 422,
    title: 'The client certificate cannot be used',
    retry: false,
    actor: 'merchant',
  },
  shop_ambiguous: {
    status: 422,
    title: 'The approval covers several shops and none was named',
    retry: false,
    actor: 'merchant',
  },
  scope_missing: {
    status: 422,
    title: 'The merchant granted too few scopes',
    retry: false,
    actor: 'merchant',
  },
  shop_mismatch: { status: 422, title: 'The approval is for another shop', retry: false, actor: 'merchant' },
  shop_already_connected: {
    status: 409,
    title: 'The shop is already connected',
    retry: false,
    actor: 'caller',
  },
  move_not_waiting: { status: 409, title: 'No such move waits', retry: false, actor: 'caller' },
  move_refused: {
    status: 409,
    title: 'The new address was not confirmed',
    retry: false,
    actor: 'merchant',
  },
  session_expired: { status: 410, title: 'The connect link has expired', retry: false, actor: 'vendor' },
  authorization_expired: {
    status: 410,
    title: 'The approval came too late',
    retry: false,
    actor: 'merchant',
  },
  authorization_denied: { status: 403, title: 'The merchant declined', retry: false, actor: 'merchant' },
  invalid_state: {
    status: 400,
    title: 'The state is unknown, used, or from another browser',
    retry: false,
    actor: 'merchant',
  },
  invalid_callback: {
    status: 400,
    title: 'The callback is not what the platform sends',
    retry: false,
    actor: 'platform',
  },
  invalid_return_url: { status: 422, title: 'The return URL is not allowed', retry: false, actor: 'caller' },
  duplicate_line: {
    status: 409,
    title: 'Another line of an import is for the same shop',
    retry: false,
    actor: 'caller',
  },
  line_too_long: { status: 413, title: 'The line is too long', retry: false, actor: 'caller' },
  too_many_lines: { status: 413, title: 'The import has too many lines', retry: false, actor: 'caller' },
  // Using a connection
  connection_final: {
    status: 409,
    title: 'The connection is revoked or abandoned',
    retry: false,
    actor: 'caller',
  },
  connection_revoking: {
    status: 409,
    title: 'The connection is being revoked',
    retry: false,
    actor: 'caller',
  },
  connection_not_active: {
    status: 409,
    title: 'The connection is not active',
    retry: true,
    actor: 'merchant',
  },
  reauth_required: {
    status: 409,
    title: 'The connection needs a new approval',
    retry: false,
    actor: 'merchant',
  },
  retry_later: {
    status: 503,
    title: 'The credential cannot be refreshed just now',
    retry: true,
    actor: 'nobody',
  },
  fenced: {
    status: 409,
    title: 'The connection was revoked while the call was under way',
    retry: false,
    actor: 'nobody',
  },
  resource_unavailable: {
    status: 422,
    title: 'The connection has no permission for this resource',
    retry: false,
    actor: 'merchant',
  },
  upgrade_unavailable: {
    status: 422,
    title: 'The platform has no such upgrade for this credential',
    retry: false,
    actor: 'caller',
  },
  fleet_run_active: {
    status: 409,
    title: 'Such a fleet run is under way',
    retry: false,
    actor: 'caller',
  },
  fleet_run_final: { status: 409, title: 'The fleet run has ended', retry: false, actor: 'caller' },
  endpoint_disabled: { status: 409, title: 'The endpoint is disabled', retry: false, actor: 'caller' },
  run_not_held: { status: 409, title: 'The run holds no deletions', retry: false, actor: 'caller' },
  // What a platform answered
  platform_unreachable: {
    status: 502,
    title: 'The platform cannot be reached',
    retry: true,
    actor: 'platform',
  },
  platform_down: {
    status: 502,
    title: 'The platform answered with an error of its own',
    retry: true,
    actor: 'platform',
  },
  platform_rejected: {
    status: 422,
    title: 'The platform refused the request',
    retry: false,
    actor: 'vendor',
  },
  platform_rate_limited: {
    status: 503,
    title: 'The platform asked to slow down',
    retry: true,
    actor: 'nobody',
  },
  platform_answer_invalid: {
    status: 502,
    title: 'The platform answered something that is not its documented form',
    retry: true,
    actor: 'platform',
  },
  platform_answer_too_large: {
    status: 502,
    title: 'The platform answered more than allowed',
    retry: false,
    actor: 'platform',
  },
  platform_not_found: {
    status: 404,
    title: 'The platform has no such object',
    retry: false,
    actor: 'caller',
  },
  credential_expired: { status: 503, title: 'The credential expired', retry: true, actor: 'nobody' },
  credential_dead: { status: 409, title: 'The grant is dead', retry: false, actor: 'merchant' },
  app_uninstalled: {
    status: 409,
    title: 'The merchant removed the app at the platform',
    retry: false,
    actor: 'merchant',
  },
  registration_rejected: {
    status: 502,
    title: 'The platform rejected our client registration',
    retry: false,
    actor: 'vendor',
  },
  shop_unavailable: {
    status: 502,
    title: 'The shop is frozen, closed or unreachable',
    retry: true,
    actor: 'merchant',
  },
  address_not_allowed: { status: 422, title: 'The address is not allowed', retry: false, actor: 'caller' },
  record_invalid: { status: 502, title: 'A record cannot be mapped', retry: false, actor: 'platform' },
  // Ourselves
  credential_unreadable: { status: 500, title: 'A secret does not open', retry: false, actor: 'operator' },
  key_unavailable: {
    status: 503,
    title: 'The key-encrypting key is not at hand',
    retry: true,
    actor: 'operator',
  },
  audit_unavailable: {
    status: 503,
    title: 'The audit trail cannot be written',
    retry: true,
    actor: 'operator',
  },
  store_unavailable: { status: 503, title: 'The database cannot be reached', retry: true, actor: 'operator' },
  temporal_unavailable: { status: 503, title: 'Temporal cannot be reached', retry: true, actor: 'operator' },
  worker_unavailable: { status: 503, title: 'No worker answered in time', retry: true, actor: 'operator' },
  stale_write: { status: 409, title: 'Another writer was first', retry: true, actor: 'nobody' },
  invalid_settings: { status: 500, title: 'The settings are wrong', retry: false, actor: 'operator' },
  internal: { status: 500, title: 'Something went wrong on our side', retry: true, actor: 'operator' },
} as const satisfies Record<string, ErrorRule>;

export type ErrorCode = keyof typeof ERRORS;

/** One field of a request that broke a rule; `path` is a JSON Pointer (RFC 6901). */
export interface FieldError {
  readonly path: string;
  readonly rule: string;
}

export interface MooringErrorOptions {
  readonly cause?: unknown;
  /** Epoch milliseconds from which a retry makes sense. */
  readonly retryAtMs?: number;
  readonly fields?: readonly FieldError[];
  /** Facts for a program: ids, counts, platform codes. Never a secret. */
  readonly detail?: Readonly<Record<string, string | number | boolean | readonly string[]>>;
}

/** The error every folder throws. The message names the thing in quotes and the rule it broke; no secret, no advice. */
export class MooringError extends Error {
  override readonly name = 'MooringError';
  readonly code: ErrorCode;
  readonly retryAtMs: number | undefined;
  readonly fields: readonly FieldError[];
  readonly detail: NonNullable<MooringErrorOptions['detail']>;

  constructor(code: ErrorCode, message: string, options: MooringErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryAtMs = options.retryAtMs;
    this.fields = options.fields ?? [];
    this.detail = options.detail ?? {};
  }
}
