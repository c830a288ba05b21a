// Which shop a merchant means: its fields parsed, normalised and matched against the platform's anchored patterns. Shop values
// become host names and paths, so nothing here may let a value through that could name another host than the one shown.
import { type FieldError, MooringError } from '../domain/errors.ts';
import type { AuthMethod, CallbackStep, Part, Platform, ShopField } from '../domain/platform.ts';

export type ShopValues = Readonly<Record<string, string>>;

const MAX_LENGTH = 300;

/** Parses the shop fields. Throws invalid_shop with one entry a field that is missing, unknown or malformed. */
export function parseShop(platform: Platform, input: unknown): ShopValues {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw invalidShop(platform, [{ path: '/shop', rule: 'must be an object' }]);
  }
  const given = new Map<string, unknown>(Object.entries(input));
  const errors: FieldError[] = [];
  const values: Record<string, string> = {};
  for (const name of given.keys()) {
    if (!platform.shop.some((field) => field.name === name)) {
      errors.push({ path: `/shop/${name.slice(0, 40)}`, rule: 'is not a shop field of this platform' });
    }
  }
  for (const field of platform.shop) {
    const value = given.get(field.name);
    if (value === undefined || value === null || value === '') {
      if (field.optional !== true) errors.push({ path: `/shop/${field.name}`, rule: 'is required' });
      continue;
    }
    const parsed = parseField(field, value);
    if ('rule' in parsed) errors.push({ path: `/shop/${field.name}`, rule: parsed.rule });
    else values[field.name] = parsed.value;
  }
  if (errors.length > 0) throw invalidShop(platform, errors);
  return values;
}

/**
 * The shop fields after a callback told some of them. Throws invalid_callback when a told one is malformed, shop_mismatch when
 * it is another than the connection's.
 */
export function shopAfterCallback(
  platform: Platform,
  step: CallbackStep,
  shop: ShopValues,
  parameters: Readonly<Record<string, string>>,
): ShopValues {
  return shopAfterTold(platform, step.shopFields ?? {}, shop, {
    valueAt: (parameter) => (Object.hasOwn(parameters, parameter) ? parameters[parameter] : undefined),
    refusedAs: 'invalid_callback',
  });
}

/** The shop fields after somebody told some of them: a callback, or a token answer. A field that is not told stays. */
export function shopAfterTold(
  platform: Platform,
  fields: Readonly<Record<string, string | Part>>,
  shop: ShopValues,
  told: {
    readonly valueAt: (from: string) => string | null | undefined;
    readonly refusedAs: 'invalid_callback' | 'platform_answer_invalid';
  },
): ShopValues {
  const values: Record<string, string> = { ...shop };
  for (const [name, from] of Object.entries(fields)) {
    const place = typeof from === 'string' ? from : from.from;
    const whole = told.valueAt(place);
    if (whole === undefined || whole === null || whole === '') continue;
    const text = typeof from === 'string' ? whole : new RegExp(from.pattern).exec(whole)?.[1];
    const field = platform.shop.find((one) => one.name === name);
    const parsed =
      field === undefined || text === undefined ? { rule: 'has another form' } : parseField(field, text);
    if ('rule' in parsed) throw new MooringError(told.refusedAs, `"${place}" ${parsed.rule}`);
    if (values[name] !== undefined && values[name] !== parsed.value) {
      throw new MooringError('shop_mismatch', `the approval is for another "${name}"`);
    }
    values[name] = parsed.value;
  }
  return values;
}

/** Whether the fields alone tell this shop from every other: none is left for the approval or the proof to tell. */
export function isOneShop(platform: Platform, shop: ShopValues): boolean {
  return namesShops(platform) && platform.shop.every(({ name }) => shop[name] !== undefined);
}

/** A choice among countries names no shop, and nothing names none. */
function namesShops({ shop }: Platform): boolean {
  return shop.some(({ choices }) => choices === undefined);
}

/**
 * What stands for the shop's key where neither its fields nor the proof name it: the fields, and what was entered that is no secret. Null where
 * something else names the shop, or nothing does.
 */
export function keyEntered(
  platform: Platform,
  { obtain }: AuthMethod,
  { shop, parts }: { readonly shop: ShopValues; readonly parts: Readonly<Record<string, string>> },
): string | null {
  if (namesShops(platform) || !('fields' in obtain)) return null;
  const shown = obtain.fields.flatMap(({ name, secret }) => (secret ? [] : (parts[name] ?? [])));
  return shown.length === 0
    ? null
    : [...platform.shop.flatMap(({ name }) => shop[name] ?? []), ...shown].join('/');
}

/** The shop fields with what their choices give beside: what templates of a platform's data may name. */
export function expandShop(platform: Platform, shop: ShopValues): ShopValues {
  const given = platform.shop.flatMap((field) => {
    const choice = field.choices?.find(({ value }) => value === shop[field.name]);
    return choice?.gives === undefined ? [] : [choice.gives];
  });
  return given.length === 0 ? shop : Object.assign({}, ...given, shop);
}

function parseField(field: ShopField, value: unknown): { value: string } | { rule: string } {
  if (typeof value !== 'string') return { rule: 'must be text' };
  const trimmed = value.trim();
  if (trimmed.length > MAX_LENGTH) return { rule: `must be at most ${MAX_LENGTH} characters` };
  // No platform's shop names hold anything else; what looks like ASCII but is not would show one host and mean another.
  if (!/^[\x21-\x7e]+$/.test(trimmed)) return { rule: 'must be plain ASCII without spaces' };
  const normal = normalized(field, trimmed);
  if ('rule' in normal) return normal;
  if (!new RegExp(field.pattern).test(normal.value)) return { rule: `must look like "${field.example}"` };
  if (field.choices?.some(({ value: one }) => one === normal.value) === false) {
    return { rule: `must be one of "${field.choices.map((one) => one.value).join('", "')}"` };
  }
  return normal;
}

function normalized(field: ShopField, text: string): { value: string } | { rule: string } {
  if (field.normalize === undefined) return { value: text };
  return field.normalize === 'url' ? normalizedUrl(text) : { value: text.toLowerCase() };
}

/** By the WHATWG URL parser, the same that will send the request, so that both see the same host. */
function normalizedUrl(text: string): { value: string } | { rule: string } {
  const withScheme = /^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `https://${text}`;
  if (!/^https?:\/\/[^/\\]/i.test(withScheme) || withScheme.includes('\\'))
    return { rule: 'must begin with https://' };
  if (!URL.canParse(withScheme)) return { rule: 'must be a web address' };
  const url = new URL(withScheme);
  if (url.username !== '' || url.password !== '' || /^[^/]*\/\/[^/]*@/.test(withScheme)) {
    return { rule: 'must not hold a user name' };
  }
  if (url.search !== '' || withScheme.includes('?')) return { rule: 'must not hold a query' };
  if (url.hash !== '' || withScheme.includes('#')) return { rule: 'must not hold a fragment' };
  if (/%(2e|2f|5c|00)/i.test(withScheme)) return { rule: 'must not hold encoded dots or slashes' };
  if (/(^|\/)\.{1,2}(\/|$)/.test(withScheme.slice(8))) return { rule: 'must not hold dot segments' };
  if (url.hostname.endsWith('.')) return { rule: 'must not end its host with a dot' };
  return { value: url.origin + url.pathname.replace(/\/+$/, '') };
}

function invalidShop(platform: Platform, fields: readonly FieldError[]): MooringError {
  const told = fields.map(({ path, rule }) => `"${path.slice(1).replaceAll('/', '.')}" ${rule}`).join('; ');
  return new MooringError('invalid_shop', `a shop of "${platform.id}": ${told}`, { fields });
}
