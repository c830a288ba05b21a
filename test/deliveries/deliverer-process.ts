// The part of a worker that delivers, as a process of its own that a test may kill: DATABASE_URL and the key in KEY, prints "ready".
import { startDelivering } from '../../deliveries/index.ts';
import { createDeliverer, createEndpointKeys } from '../../egress/index.ts';
import { createDataKeyPort } from '../../store/data-keys.ts';
import { openDatabase } from '../../store/database.ts';
import { createVault, localKey, localKeyProvider } from '../../vault/index.ts';
import { keepOutbox } from '../../worker/outbox.ts';

const db = openDatabase({ url: process.env['DATABASE_URL'] ?? '', poolSize: 4 });
const key = Buffer.from(process.env['KEY'] ?? '', 'base64');
const vault = createVault({ keyProvider: localKeyProvider(localKey(key)), dataKeys: createDataKeyPort(db) });
const log = { warn: (facts: object, message: string) => console.error(message, facts) };
const keys = createEndpointKeys({ db, vault, nowMs: Date.now });
const door = createDeliverer({ keys, allowPrivateNetworks: true, nowMs: Date.now });
keepOutbox(db, log);
await startDelivering({
  ...{ db, door, log, publicUrl: 'http://127.0.0.1:3000', lifetimeMs: 86_400_000, nowMs: Date.now },
});
console.log('ready');
