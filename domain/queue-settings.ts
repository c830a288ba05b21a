// Queues of ours that platforms write into, as the environment names them. Pure; no message repeats a value.

/** One queue, and whose messages are in it. */
export interface QueueSource {
  readonly platform: string;
  /** As Amazon SQS names it. */
  readonly url: string;
  readonly region: string;
}

export interface QueueSettings {
  readonly sources: readonly QueueSource[];
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary credentials; null: they are lasting ones. */
  readonly sessionToken: string | null;
}

/** By whom a push of Google Pub/Sub must be signed, and for whom. */
export interface PubSubSettings {
  readonly audience: string;
  readonly serviceAccount: string;
  readonly issuer: string;
  readonly keysUrl: string;
}

type Environment = Readonly<Record<string, string | undefined>>;
type Refuse = (name: string, rule: string) => void;

const NAME = 'MOORING_SQS_QUEUES';
const KEYS = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const;

/** `amazon=https://sqs.eu-west-1.amazonaws.com/123456789012/mooring`, several with commas between them. */
export function queueSettings(env: Environment, refuse: Refuse): QueueSettings {
  const parts = (env[NAME] ?? '').split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));
  const sources = parts.flatMap((part) => sourceOf(part, env) ?? []);
  if (sources.length < parts.length)
    refuse(NAME, 'must be <platform>=<queue url> with commas between, and AWS_REGION where no url says it');
  if (sources.length > 0)
    for (const name of KEYS) if ((env[name] ?? '') === '') refuse(name, `is required beside ${NAME}`);
  return {
    sources,
    accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '',
    sessionToken: env['AWS_SESSION_TOKEN'] || null,
  };
}

function sourceOf(part: string, env: Environment): QueueSource | null {
  const [, platform = '', url = ''] = /^([a-z0-9-]+)=(https?:\/\/.+)$/.exec(part) ?? [];
  if (!URL.canParse(url)) return null;
  const region = /^sqs\.([a-z0-9-]+)\.amazonaws\.com$/.exec(new URL(url).hostname)?.[1] ?? env['AWS_REGION'];
  return region === undefined || region === '' ? null : { platform, url, region };
}

const GOOGLE = {
  issuer: 'https://accounts.google.com',
  keysUrl: 'https://www.googleapis.com/oauth2/v3/certs',
};

export function pubSubSettings(env: Environment, refuse: Refuse): PubSubSettings | null {
  const [audience, serviceAccount] = [env['MOORING_PUBSUB_AUDIENCE'], env['MOORING_PUBSUB_SERVICE_ACCOUNT']];
  if (!audience && !serviceAccount) return null;
  if (!audience) refuse('MOORING_PUBSUB_AUDIENCE', 'is required beside MOORING_PUBSUB_SERVICE_ACCOUNT');
  if (!serviceAccount) refuse('MOORING_PUBSUB_SERVICE_ACCOUNT', 'is required beside MOORING_PUBSUB_AUDIENCE');
  return {
    audience: audience ?? '',
    serviceAccount: serviceAccount ?? '',
    issuer: env['MOORING_PUBSUB_ISSUER'] || GOOGLE.issuer,
    keysUrl: env['MOORING_PUBSUB_KEYS'] || GOOGLE.keysUrl,
  };
}
