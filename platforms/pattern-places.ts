// Every pattern of a definition, with its place: what is not listed here is never checked before text of a stranger meets it. Pure.
import type { Platform, ReceivedSignature, Sign, TokenAnswer } from '../domain/platform.ts';
import { tokensOf } from './check-addresses.ts';
import { joined } from './check-shape.ts';

export interface PatternPlace {
  readonly at: string;
  readonly pattern: string;
  readonly example?: string;
  /** Of what stands somewhere in a text: not anchored. */
  readonly isWithin?: true;
  /** As it is used. */
  readonly flags?: 'i';
}

/** One after the other: where the form is broken, those before the break are still told. */
export function* patternsOf(platform: Platform): Generator<PatternPlace> {
  for (const [index, { pattern, example }] of platform.shop.entries())
    yield { at: `shop[${index}].pattern`, pattern, example };
  yield* ofFields('registration', platform.registration);
  yield* ofAuth(platform);
  for (const { at, token } of tokensOf(platform)) {
    yield* ofAnswer(`${at}.answer`, token.answer);
    if (token.sign !== undefined) yield* ofSign(`${at}.sign`, token.sign);
  }
  yield* ofNotifications(platform);
  for (const [index, { body }] of platform.answers.entries())
    yield* given(`answers[${index}].body.matches`, body?.matches, { isWithin: true, flags: 'i' });
}

function given(
  at: string,
  pattern: string | undefined,
  how: Pick<PatternPlace, 'isWithin' | 'flags'> = {},
): PatternPlace[] {
  return pattern === undefined ? [] : [{ at, pattern, ...how }];
}

function ofFields(at: string, fields: readonly { readonly pattern?: string }[] = []): PatternPlace[] {
  return fields.flatMap(({ pattern }, index) => given(`${at}[${index}].pattern`, pattern));
}

function ofParts(at: string, parts: TokenAnswer['shopFields'] = {}): PatternPlace[] {
  return Object.entries(parts).flatMap(([name, part]) =>
    typeof part === 'string' ? [] : given(`${joined(at, name)}.pattern`, part.pattern),
  );
}

function ofAnswer(at: string, answer: TokenAnswer | undefined): PatternPlace[] {
  return [
    ...given(`${at}.scope.part`, answer?.scope?.part),
    ...ofParts(`${at}.shopFields`, answer?.shopFields),
  ];
}

function ofSign(at: string, sign: Sign): PatternPlace[] {
  if (!('exceptPath' in sign) || sign.exceptPath === undefined) return [];
  const { exceptPath } = sign;
  if (typeof exceptPath === 'string') return given(`${at}.exceptPath`, exceptPath, { isWithin: true });
  return Object.entries(exceptPath).flatMap(([name, pattern]) =>
    given(joined(`${at}.exceptPath`, name), pattern, { isWithin: true }),
  );
}

function ofSignature(at: string, signature: ReceivedSignature | object | null | undefined): PatternPlace[] {
  return signature != null && 'pattern' in signature ? given(`${at}.pattern`, signature.pattern) : [];
}

function* ofAuth({ auth }: Platform): Generator<PatternPlace> {
  for (const [index, { obtain, sign, signOverHttp = [], tokenAnswer }] of auth.entries()) {
    const at = `auth[${index}]`;
    if ('fields' in obtain) yield* ofFields(`${at}.obtain.fields`, obtain.fields);
    for (const [place, one] of sign.entries()) yield* ofSign(`${at}.sign[${place}]`, one);
    for (const [place, one] of signOverHttp.entries()) yield* ofSign(`${at}.signOverHttp[${place}]`, one);
    yield* ofAnswer(`${at}.tokenAnswer`, tokenAnswer);
    if (!('callback' in obtain)) continue;
    for (const [place, { shopFields, continueAt, signature, again }] of obtain.callback.entries()) {
      const step = `${at}.obtain.callback[${place}]`;
      yield* ofParts(`${step}.shopFields`, shopFields);
      if (typeof continueAt === 'object' && 'host' in continueAt)
        yield* given(`${step}.continueAt.host`, continueAt.host);
      yield* ofSignature(`${step}.signature`, signature);
      yield* ofSignature(`${step}.again.signature`, again?.signature);
    }
  }
}

function* ofNotifications({ notifications, resources }: Platform): Generator<PatternPlace> {
  for (const where of ['objectIn', 'subjectIn'] as const)
    for (const [name, places] of Object.entries(notifications?.[where] ?? {}))
      yield* ofFields(`notifications.${where}.${name}`, places);
  yield* given('notifications.shopIs.pattern', notifications?.shopIs?.pattern);
  yield* ofSignature('notifications.signature', notifications?.signature);
  for (const [index, { signature, shopFields }] of (notifications?.calls ?? []).entries()) {
    yield* ofSignature(`notifications.calls[${index}].signature`, signature);
    yield* ofParts(`notifications.calls[${index}].shopFields`, shopFields);
  }
  for (const [name, definition] of Object.entries(resources))
    yield* given(`resources.${name}.one.id`, definition?.one?.id);
}
