// What is posted for an event: its envelope, and what is made for one delivery alone: a link for the merchant who must act, or the records that
// changed. Such a link is a secret: it goes out, and what is kept of the attempt shows it masked.
import { ASKS_MERCHANT, RECORDS_CHANGED, versionOf } from '../domain/event-catalogue.ts';
import type { ClaimedDelivery } from '../store/deliveries.ts';
import type { ChangedRecords } from './changed-records.ts';
import type { MerchantLink } from './merchant-link.ts';

export interface Message {
  readonly body: string;
  /** The same without secrets, and cut where it is long. */
  readonly shown: string;
  /** What came back, as it may be kept: a receiver may say back what it was sent. */
  readonly answerShown: (answer: string) => string;
}

export interface MessageDeps {
  /** Null where the merchant need not act any more. */
  readonly linkFor: (delivery: ClaimedDelivery) => Promise<MerchantLink | null>;
  readonly recordsOf: (delivery: ClaimedDelivery) => Promise<ChangedRecords | null>;
}

const SHOWN_AT_MOST = 64 * 1024;

export async function messageOf(deps: MessageDeps, delivery: ClaimedDelivery): Promise<Message> {
  const { event } = delivery;
  if (ASKS_MERCHANT.has(event.type)) {
    const link = await deps.linkFor(delivery);
    if (link === null) return plain(delivery, event.data);
    const withLink = (url: string) => ({
      ...event.data,
      diagnosis: {
        ...diagnosisIn(event.data),
        reconnectUrl: url,
        reconnectUrlExpiresAt: link.expiresAt.toISOString(),
      },
    });
    return {
      body: envelope(delivery, withLink(link.url)),
      shown: cut(envelope(delivery, withLink(link.shown))),
      answerShown: (answer) => withoutToken(answer, link.token),
    };
  }
  if (event.type === RECORDS_CHANGED && delivery.isFull) {
    const records = await deps.recordsOf(delivery);
    return plain(delivery, records === null ? event.data : { ...event.data, ...records });
  }
  return plain(delivery, event.data);
}

function plain(delivery: ClaimedDelivery, data: object): Message {
  const body = envelope(delivery, data);
  return { body, shown: cut(body), answerShown: (answer) => answer };
}

function envelope({ tenantId, event }: ClaimedDelivery, data: object): string {
  const { id, type, connectionId, at } = event;
  return JSON.stringify({
    ...{ id, type, version: versionOf(type), timestamp: at.toISOString() },
    ...{ tenantId, connectionId, data },
  });
}

function diagnosisIn(data: Readonly<Record<string, unknown>>): object {
  const { diagnosis } = data;
  return typeof diagnosis === 'object' && diagnosis !== null ? diagnosis : {};
}

/** Fewer characters of a token are nobody's way in. */
const TELLING = 8;

/** Masked wherever it stands, and at the end, where the answer was cut within it. */
function withoutToken(text: string, token: string): string {
  const masked = text.replaceAll(token, '[link]');
  for (let length = token.length - 1; length >= TELLING; length--)
    if (masked.endsWith(token.slice(0, length))) return `${masked.slice(0, -length)}[link]`;
  return masked;
}

/** Never within a character: PostgreSQL takes no half of one. */
function cut(text: string): string {
  return text.length <= SHOWN_AT_MOST
    ? text
    : `${text.slice(0, SHOWN_AT_MOST).replace(/[\ud800-\udbff]$/, '')}…`;
}
