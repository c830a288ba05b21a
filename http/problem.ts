// Errors to Problems (RFC 9457), in one place. A Problem never holds a stack, a secret, or the text of an unexpected error.
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors, isResponseSerializationError } from 'fastify-type-provider-zod';
import type { ErrorCode, FieldError } from '../domain/errors.ts';
import { ERRORS, MooringError } from '../domain/errors.ts';
import type { Problem } from './schemas/shapes.ts';

/** The Problem of an error of ours. `baseUrl` is where GET /problems explains the codes. */
export function toProblem(error: MooringError, requestId: string, baseUrl: string): Problem {
  const rule = ERRORS[error.code];
  return {
    type: `${baseUrl}/problems#${error.code}`,
    title: rule.title,
    status: rule.status,
    detail: error.message,
    code: error.code,
    actor: rule.actor,
    instance: requestId,
    ...(error.retryAtMs === undefined ? {} : { retryAt: new Date(error.retryAtMs).toISOString() }),
    ...(error.fields.length === 0 ? {} : { fields: [...error.fields] }),
    ...(Object.keys(error.detail).length === 0 ? {} : { facts: { ...error.detail } }),
  };
}

/** Whatever was thrown, as one of our errors. Unknown ones become `internal`, and their text stays in the log. */
export function toMooringError(thrown: unknown): MooringError {
  if (thrown instanceof MooringError) return thrown;
  if (hasZodFastifySchemaValidationErrors(thrown)) return fromValidation(thrown);
  if (isResponseSerializationError(thrown)) return internal(thrown);
  const code = codeOf(thrown);
  const known = code === undefined ? undefined : FRAMEWORK_CODES[code];
  if (known !== undefined) return new MooringError(known.code, known.message, { cause: thrown });
  if (code !== undefined && STORE_DOWN.test(code)) {
    return new MooringError('store_unavailable', 'the database did not answer', { cause: thrown });
  }
  return internal(thrown);
}

export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  thrown: unknown,
  baseUrl: string,
): FastifyReply {
  const error = toMooringError(thrown);
  const rule = ERRORS[error.code];
  if (rule.status >= 500) request.log.error({ err: error.cause ?? error, code: error.code }, error.message);
  if (error.retryAtMs !== undefined) {
    void reply.header('retry-after', String(Math.max(1, Math.ceil((error.retryAtMs - Date.now()) / 1000))));
  } else if (rule.status === 429 || rule.status === 503 || error.code === 'idempotency_in_progress') {
    void reply.header('retry-after', '1');
  }
  void reply.header('x-request-id', request.id);
  if (rule.status === 401) void reply.header('www-authenticate', 'Bearer realm="mooring"');
  return reply
    .code(rule.status)
    .serializer((body: unknown) => JSON.stringify(body))
    .type('application/problem+json')
    .send(toProblem(error, request.id, baseUrl));
}

const STORE_DOWN = /^(ECONNREFUSED|ECONNRESET|57P0[123]|53300|08\d{3}|P1001|P1002|P1017|P2024)$/;

const FRAMEWORK_CODES: Readonly<Record<string, { code: ErrorCode; message: string }>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: { code: 'body_too_large', message: 'the body is larger than this route takes' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: 'unsupported_media_type',
    message: 'the body must be application/json',
  },
  FST_ERR_CTP_INVALID_JSON_BODY: { code: 'malformed_json', message: 'the body is not valid JSON' },
  FST_ERR_CTP_EMPTY_JSON_BODY: { code: 'malformed_json', message: 'the body is empty, but its type is JSON' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    code: 'malformed_json',
    message: 'the body is shorter or longer than it says',
  },
  FST_ERR_BAD_URL: { code: 'not_found', message: 'the path is not validly encoded' },
  FST_ERR_MAX_PARAM_LENGTH: { code: 'not_found', message: 'a part of the path is too long' },
};

function fromValidation(thrown: FastifyError): MooringError {
  const at = thrown.validationContext === 'body' ? '' : `/${thrown.validationContext ?? 'body'}`;
  const fields: FieldError[] = (thrown.validation ?? []).map((issue) => ({
    path: `${at}${issue.instancePath}`,
    rule: issue.message ?? 'has the wrong form',
  }));
  const first = fields[0];
  const named = first === undefined ? 'the request' : `"${first.path === '' ? '/' : first.path}"`;
  return new MooringError('invalid_request', `${named}: ${first?.rule ?? 'has the wrong form'}`, {
    cause: thrown,
    fields,
  });
}

function internal(thrown: unknown): MooringError {
  return new MooringError('internal', 'the request could not be completed', { cause: thrown });
}

function codeOf(thrown: unknown): string | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('code' in thrown)) return undefined;
  if (typeof thrown.code !== 'string') return undefined;
  if (thrown.code === 'FST_ERR_CTP_INVALID_JSON_BODY') return thrown.code;
  return thrown.code;
}
