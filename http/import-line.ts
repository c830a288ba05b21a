// One line of an import: parsed and checked like the body of POST /v1/connections. A line holds a secret, perhaps where it does not belong,
// so that what is said of a broken one names the fields of the form alone and repeats nothing of the line.
import { z } from 'zod';
import { type ErrorCode, MooringError } from '../domain/errors.ts';
import type { TenantId } from '../domain/ids.ts';
import type { Platform } from '../domain/platform.ts';
import type { Permission } from '../domain/resource.ts';
import { checkImportedCredential } from '../platforms/imported-credential.ts';
import { parseShop } from '../platforms/shop.ts';
import type { Principal } from './auth.ts';
import { permissionsFor } from './connecting.ts';
import type { Line } from './ndjson.ts';
import { idOf, permissions, platformId } from './schemas/shapes.ts';

const form = z.strictObject({
  tenantId: idOf('tenant').optional(),
  platform: platformId,
  shop: z.record(z.string().max(64), z.string().max(500)),
  credential: z.record(z.string().max(64), z.union([z.string().max(20_000), z.number(), z.null()])),
  permissions: permissions.optional(),
});
const FIELDS: readonly string[] = Object.keys(form.shape);

export interface CheckedLine {
  readonly tenantId: TenantId;
  readonly platform: Platform;
  readonly shop: Readonly<Record<string, string>>;
  readonly permissions: readonly Permission[];
  readonly obtain: string;
  /** Plain text: sealed by the caller before it reads the next line. */
  readonly parts: Readonly<Record<string, string>>;
}

export type LineCheck =
  | { readonly ok: true; readonly line: CheckedLine }
  | {
      readonly ok: false;
      readonly code: ErrorCode;
      readonly message: string;
      readonly platform: string | null;
    };

export function checkLine(
  platforms: ReadonlyMap<string, Platform>,
  principal: Principal,
  { text, isTooLong }: Line,
): LineCheck {
  if (isTooLong) return broken('line_too_long', 'the line is longer than a line may be');
  const value = text === null ? undefined : parse(text);
  if (value === undefined) return broken('malformed_json', 'the line is not one JSON object');
  const parsed = form.safeParse(value);
  if (!parsed.success) return broken('invalid_request', ruleOf(parsed.error));
  const platform = platforms.get(parsed.data.platform);
  if (platform === undefined)
    return broken('unknown_platform', `there is no platform "${parsed.data.platform}"`);
  try {
    return { ok: true, line: checked(platform, principal, parsed.data) };
  } catch (error) {
    if (error instanceof MooringError) return broken(error.code, safeMessage(error), platform.id);
    throw error;
  }
}

function checked(platform: Platform, principal: Principal, given: z.infer<typeof form>): CheckedLine {
  const { obtain, parts } = checkImportedCredential(platform, given.credential);
  return {
    tenantId: tenantOf(principal, given.tenantId),
    platform,
    shop: parseShop(platform, given.shop),
    permissions: permissionsFor(platform, given.permissions),
    obtain,
    parts,
  };
}

/** As for a request, but the answer to a foreign tenant and to none is the line's, not the upload's. */
function tenantOf(principal: Principal, asked: TenantId | undefined): TenantId {
  if (principal.tenantId === null) {
    if (asked !== undefined) return asked;
    throw new MooringError('invalid_request', '"tenantId" is required with an operator key');
  }
  if (asked === undefined || asked === principal.tenantId) return principal.tenantId;
  throw new MooringError('not_found', `there is no tenant "${asked}"`);
}

/** A shop field or a credential field that nobody knows is told without its name: it may be the secret itself. */
function safeMessage(error: MooringError): string {
  const isUnknownField = error.fields.some(({ rule }) => rule.startsWith('is not a'));
  return isUnknownField
    ? 'the shop or the credential holds a field that this platform does not have'
    : error.message;
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function ruleOf({ issues: [issue] }: z.ZodError): string {
  if (issue?.code === 'unrecognized_keys') return 'the line holds a field that is not known';
  const name = String(issue?.path[0] ?? '');
  if (!FIELDS.includes(name)) return 'the line does not have the required form';
  const isMissing =
    issue?.code === 'invalid_type' && issue.path.length === 1 && issue.message.includes('undefined');
  return `"${name}" ${isMissing ? 'is required' : 'does not have the required form'}`;
}

function broken(code: ErrorCode, message: string, platform: string | null = null): LineCheck {
  return { ok: false, code, message, platform };
}
