// One contestant of `bench notifications`, as a process of its own: the real HTTP part, or what a team writes first (Fastify, an HMAC, an insert). Says "ready <port>"
// and ends with its parent. Arguments: mooring | bare; the environment holds where the database is and the keys of the run.
import { createHmac, timingSafeEqual } from 'node:crypto';
import Fastify from 'fastify';
import pg from 'pg';
import { pino } from 'pino';
import { createReceive } from '../../egress/receive.ts';
import { createServer } from '../../http/server.ts';
import { PLATFORMS } from '../../platforms/index.ts';
import { createDataKeyPort } from '../../store/data-keys.ts';
import { openDatabase } from '../../store/database.ts';
import { createVault, localKey, localKeyProvider } from '../../vault/index.ts';

const { DATABASE_URL = '', BENCH_KEK = '', BENCH_SECRET = '' } = process.env;
const POOL = 8;

const app = process.argv[2] === 'mooring' ? await mooring() : await bare();
const address = await app.listen({ port: 0, host: '127.0.0.1' });
console.log(`ready ${address}`);
process.on('disconnect', () => process.exit(0));

async function mooring() {
  const db = openDatabase({ url: DATABASE_URL, poolSize: POOL });
  const keyProvider = localKeyProvider(localKey(Buffer.from(BENCH_KEK, 'base64')));
  const vault = createVault({ keyProvider, dataKeys: createDataKeyPort(db) });
  const unused = (): never => {
    throw new Error('not part of this benchmark');
  };
  // biome-ignore lint/suspicious/noExplicitAny: whatever is asked of it, nobody is to ask
  const nobody: any = new Proxy({}, { get: () => unused });
  const clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };
  return createServer({
    ...{ db, vault, keyProvider, platforms: PLATFORMS },
    ...{ lifecycle: nobody, fleet: nobody, withCredential: unused },
    ...{ openPrivacyRequest: unused, checkEndpointUrl: unused },
    receive: createReceive({ db, vault, clock, keys: { send: unused, read: unused } }),
    settings: {
      publicUrl: 'http://127.0.0.1:1',
      returnOrigins: [],
      claimUrl: null,
      browserOverride: () => undefined,
      trustedProxies: 0,
      sessionLifetimeMs: 0,
      stateLifetimeMs: 0,
      wrongKeysPerMinute: 1,
    },
    log: pino({ level: 'info' }, pino.destination('/dev/null')),
    nowMs: Date.now,
  });
}

async function bare() {
  const pool = new pg.Pool({ connectionString: DATABASE_URL, max: POOL });
  await pool.query(
    'CREATE TABLE IF NOT EXISTS bare_notifications (id TEXT PRIMARY KEY, body JSONB NOT NULL, at TIMESTAMPTZ NOT NULL DEFAULT now())',
  );
  const server = Fastify();
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_, body, done) => done(null, body));
  server.post('/notify/shopify/:token', async (request, reply) => {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const given = Buffer.from(String(request.headers['x-shopify-hmac-sha256']));
    const mac = Buffer.from(createHmac('sha256', BENCH_SECRET).update(body).digest('base64'));
    if (given.length !== mac.length || !timingSafeEqual(given, mac)) return reply.code(401).send();
    const id = String(request.headers['x-shopify-event-id']);
    await pool.query({
      name: 'put',
      text: 'INSERT INTO bare_notifications (id, body) VALUES ($1, $2) ON CONFLICT DO NOTHING',
      values: [id, body.toString('utf8')],
    });
    return reply.code(200).send();
  });
  return server;
}
