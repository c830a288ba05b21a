// Answers to what a platform asks of an address before it uses it: a ping, a digest, an echo, as its data says. Nothing is taken and nothing is believed.
import { createHash } from 'node:crypto';
import type { ClientRegistrationId } from '../domain/ids.ts';
import type { Challenge, Platform } from '../domain/platform.ts';
import type { ReceivedMessage } from '../egress/index.ts';
import { fillTemplate, namesIn } from '../platforms/template.ts';
import type { NotifiedConnection } from '../store/notification-addresses.ts';
import { findApp, listApps } from '../store/notification-openings.ts';
import type { HttpDeps } from './deps.ts';

export type ChallengeAnswer = { readonly json: Readonly<Record<string, string>> } | { readonly text: string };

interface Asked {
  readonly platform: Platform;
  readonly connection: NotifiedConnection | null;
  /** Whose address it is; null: of all of ours, or of the connection. */
  readonly app: ClientRegistrationId | null;
}

/** Null: it is no challenge. */
export async function answerChallenge(
  deps: HttpDeps,
  of: Asked,
  message: ReceivedMessage,
): Promise<ChallengeAnswer | null> {
  for (const challenge of of.platform.notifications?.challenges ?? []) {
    const answer = await answerOne(deps, of, challenge, message);
    if (answer !== null) return answer;
  }
  return null;
}

const LONGEST = 1_000;

async function answerOne(
  deps: HttpDeps,
  of: Asked,
  challenge: Challenge,
  message: ReceivedMessage,
): Promise<ChallengeAnswer | null> {
  if (challenge.kind === 'ping') return isPing(challenge.field, message) ? { json: {} } : null;
  const given = message.parameters[challenge.parameter];
  if (given === undefined || given === '' || given.length > LONGEST) return null;
  if (challenge.kind === 'echo') return { text: given };
  const address = message.url.split('?', 1)[0] ?? '';
  const digest = await digestOf(deps, of, challenge, { [challenge.parameter]: given, address });
  return digest === null ? null : { json: { [challenge.answer]: digest } };
}

/** A body of this one field and no other, as a form or as JSON. */
function isPing(field: string, { method, body }: ReceivedMessage): boolean {
  if (method !== 'POST' || body.length > LONGEST) return false;
  const text = Buffer.from(body).toString('utf8');
  if (!text.startsWith('{')) {
    const names = [...new URLSearchParams(text).keys()];
    return names.length === 1 && names[0] === field;
  }
  try {
    const parsed: unknown = JSON.parse(text);
    const names = typeof parsed === 'object' && parsed !== null ? Object.keys(parsed) : [];
    return names.length === 1 && names[0] === field;
  } catch {
    return false;
  }
}

async function digestOf(
  deps: HttpDeps,
  { platform, connection, app }: Asked,
  challenge: Extract<Challenge, { kind: 'digest' }>,
  told: Readonly<Record<string, string>>,
): Promise<string | null> {
  const text = challenge.message.join('');
  const apps =
    connection === null
      ? await deps.db.sqlAcrossTenants((sql) =>
          app === null ? listApps(sql, platform.id) : findApp(sql, platform.id, app),
        )
      : [connection.registrationId];
  for (const registrationId of apps) {
    const digest = await deps.receive.values({ platform, connection, registrationId }, (values) => {
      const known = { ...values, ...told };
      const isWhole = namesIn(text).every((name) => Object.hasOwn(known, name));
      return isWhole
        ? createHash(challenge.algorithm).update(fillTemplate(text, known), 'utf8').digest('hex')
        : null;
    });
    if (digest !== null) return digest;
  }
  return null;
}
