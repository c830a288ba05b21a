// Amazon SQS, as much of it as a reader needs, by its JSON protocol (docs/decisions/0016). Queues are the operator's own, named by settings: no tenant chooses where
// this goes. Answers are bounded in size and time.
import { Agent, request } from 'undici';
import { signPlain } from '../auth/index.ts';
import { MooringError } from '../domain/errors.ts';
import type { Json } from '../domain/platform.ts';
import type { QueueSettings, QueueSource } from '../domain/queue-settings.ts';
import { isList, isObject } from '../platforms/json.ts';
import { parseJson } from './parse-json.ts';

export interface QueueMessage {
  readonly id: string;
  readonly body: string;
  /** What the queue wants to hear to forget it. */
  readonly receipt: string;
  /** How many times it was given out, this time included. */
  readonly times: number;
}

export interface Sqs {
  /** Waits for messages, twenty seconds at most, or until `stopping`. Throws platform_unreachable, platform_down, platform_answer_invalid. */
  receive(of: QueueSource, stopping?: AbortSignal): Promise<readonly QueueMessage[]>;
  forget(of: QueueSource, message: QueueMessage): Promise<void>;
  /** Nobody is given it for so long. */
  hide(of: QueueSource, message: QueueMessage, seconds: number): Promise<void>;
  /** Ends calls under way. */
  close(): Promise<void>;
}

const WAIT_S = 20;
/** Longer than ten messages take to be written, by far. */
const VISIBILITY_S = 60;
/** Ten messages of 1 MiB, escaped. */
const MOST_BYTES = 24 * 1024 * 1024;

type Credential = Pick<QueueSettings, 'accessKeyId' | 'secretAccessKey' | 'sessionToken'>;

export function createSqs(credential: Credential, nowMs: () => number, waitS = WAIT_S): Sqs {
  const agent = new Agent({
    headersTimeout: (waitS + 10) * 1000,
    bodyTimeout: 10_000,
    connectTimeout: 5_000,
  });
  const call = (
    of: QueueSource,
    action: string,
    body: Readonly<Record<string, unknown>>,
    signal: AbortSignal | null = null,
  ) => send(agent, credential, { of, action, body, nowMs: nowMs(), signal });
  return {
    receive: async (of, stopping) => {
      const asked = {
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: waitS,
        VisibilityTimeout: VISIBILITY_S,
        MessageSystemAttributeNames: ['ApproximateReceiveCount'],
        // The name before 2024, which emulators know.
        AttributeNames: ['ApproximateReceiveCount'],
      };
      const answer = await call(of, 'ReceiveMessage', asked, stopping);
      const messages = isObject(answer) ? answer['Messages'] : undefined;
      return isList(messages) ? messages.flatMap((one) => messageOf(one) ?? []) : [];
    },
    forget: async (of, { receipt }) => {
      await call(of, 'DeleteMessage', { ReceiptHandle: receipt });
    },
    hide: async (of, { receipt }, seconds) => {
      await call(of, 'ChangeMessageVisibility', { ReceiptHandle: receipt, VisibilityTimeout: seconds });
    },
    close: () => agent.destroy(),
  };
}

function messageOf(value: Json): QueueMessage | null {
  if (!isObject(value)) return null;
  const { MessageId: id, Body: body, ReceiptHandle: receipt, Attributes: attributes } = value;
  if (typeof id !== 'string' || typeof body !== 'string' || typeof receipt !== 'string') return null;
  const times =
    isObject(attributes ?? null) && isObject(attributes) ? attributes['ApproximateReceiveCount'] : '1';
  return { id, body, receipt, times: Number(times ?? 1) };
}

async function send(
  agent: Agent,
  { accessKeyId, secretAccessKey, sessionToken }: Credential,
  ask: {
    readonly of: QueueSource;
    readonly action: string;
    readonly body: Readonly<Record<string, unknown>>;
    readonly nowMs: number;
    readonly signal: AbortSignal | null;
  },
): Promise<Json> {
  const { of, action, nowMs } = ask;
  const signed = await signPlain(
    {
      scheme: 'sigv4',
      accessKeyId: '{accessKeyId}',
      secretAccessKey: '{secretAccessKey}',
      region: of.region,
      service: 'sqs',
      ...(sessionToken === null ? {} : { sessionToken: '{sessionToken}' }),
    },
    {
      method: 'POST',
      url: new URL('/', of.url).href,
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${action}` },
      body: JSON.stringify({ QueueUrl: of.url, ...ask.body }),
    },
    { accessKeyId, secretAccessKey, sessionToken: sessionToken ?? '' },
    { nowMs, nonce: '' },
  );
  const answer = await request(signed.url, {
    dispatcher: agent,
    method: 'POST',
    headers: signed.headers,
    body: signed.body,
    signal: ask.signal,
  }).catch(() => {
    throw new MooringError('platform_unreachable', `the queue did not answer "${action}"`);
  });
  const text = await bounded(answer.body, action);
  if (answer.statusCode !== 200)
    throw new MooringError('platform_down', `the queue answered "${action}" with ${answer.statusCode}`);
  return text === '' ? null : parseJson(text);
}

async function bounded(body: AsyncIterable<Buffer>, action: string): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES)
      throw new MooringError('platform_answer_too_large', `the queue's answer to "${action}" is too large`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
