// Queues as sources: what Amazon writes, read from moto's SQS by the worker's turn; forgotten only once it is written, set aside where it cannot be understood.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ConnectionId } from '../../domain/ids.ts';
import type { QueueSource } from '../../domain/queue-settings.ts';
import { createSqs, type Sqs } from '../../egress/index.ts';
import { findPlatform } from '../../platforms/index.ts';
import { keepQueues, takeTurn } from '../../worker/queues.ts';
import { seedConnection } from '../egress/seed.ts';
import { createTestDatabase, type TestDatabase, until } from '../world.ts';
import { type Moto, startMoto } from './moto.ts';

const CREDENTIAL = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: null };
const moto: Moto | null = await startMoto();
const amazon = findPlatform('amazon');

describe.skipIf(moto === null)('a queue at Amazon SQS (left out where Python is missing)', () => {
  let database: TestDatabase;
  let sqs: Sqs;
  let source: QueueSource;
  let seller: string;
  let connectionId: ConnectionId;
  let said: { level: string; message: string; [fact: string]: unknown }[];
  const log = Object.fromEntries(
    ['info', 'warn', 'error'].map((level) => [
      level,
      (facts: object, message: string) => said.push({ ...facts, level, message }),
    ]),
  ) as unknown as Parameters<typeof takeTurn>[0]['log'];

  beforeAll(async () => {
    database = await createTestDatabase();
    sqs = createSqs(CREDENTIAL, Date.now, 1);
  });
  afterAll(async () => {
    await sqs.close();
    moto?.close();
    await database.close();
  });
  beforeEach(async () => {
    said = [];
    const name = `mooring-${randomBytes(4).toString('hex')}`;
    const made = await moto?.ask('sqs', 'CreateQueue', { QueueName: name });
    source = { platform: 'amazon', url: String(made?.['QueueUrl']), region: 'eu-west-1' };
    seller = `A${randomBytes(6).toString('hex').toUpperCase()}`;
    ({ connectionId } = await seedConnection(database, { platform: 'amazon', shop: { sellerId: seller } }));
    await database.owner.query('UPDATE connections SET shop_key = $1 WHERE id = $2', [seller, connectionId]);
  });

  const notification = (order = '902-1-1', of = seller) => ({
    NotificationVersion: '1.0',
    NotificationType: 'ORDER_CHANGE',
    PayloadVersion: '1.0',
    EventTime: '2026-11-21T12:00:00Z',
    Payload: { OrderChangeNotification: { SellerId: of, AmazonOrderId: order } },
    NotificationMetadata: { NotificationId: randomBytes(8).toString('hex') },
  });
  const send = (message: unknown) =>
    moto?.ask('sqs', 'SendMessage', {
      QueueUrl: source.url,
      MessageBody: typeof message === 'string' ? message : JSON.stringify(message),
    });
  const turn = (db = database.db) => {
    if (amazon === undefined) throw new Error('there is no Amazon');
    return takeTurn({ db, sqs, log }, source, amazon);
  };
  const written = async () => {
    const { rows } = await database.owner.query(
      'SELECT topic, means, object_id FROM notifications WHERE connection_id = $1 ORDER BY object_id',
      [connectionId],
    );
    return rows;
  };
  const left = async () => {
    const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'];
    const asked = { QueueUrl: source.url, AttributeNames: names };
    const attributes = (await moto?.ask('sqs', 'GetQueueAttributes', asked))?.['Attributes'];
    return Object.fromEntries(Object.entries(attributes ?? {}).map(([name, value]) => [name, Number(value)]));
  };

  it('is read, written down once for all repeats, and emptied', async () => {
    const one = notification();
    await send(one);
    await send(one);
    await send(notification('902-2-2'));
    await until('the queue is empty', async () => (await turn()) === 0);
    expect(await written()).toEqual([
      { topic: 'ORDER_CHANGE', means: 'orders', object_id: '902-1-1' },
      { topic: 'ORDER_CHANGE', means: 'orders', object_id: '902-2-2' },
    ]);
    expect(await left()).toMatchObject({
      ApproximateNumberOfMessages: 0,
      ApproximateNumberOfMessagesNotVisible: 0,
    });
  });

  it('is taken out of EventBridge’s envelope, by moto’s own bus and rule', async () => {
    const name = randomBytes(4).toString('hex');
    const asked = { QueueUrl: source.url, AttributeNames: ['QueueArn'] };
    const attributes = (await moto?.ask('sqs', 'GetQueueAttributes', asked))?.['Attributes'];
    const Arn = Object.values(attributes ?? {})[0];
    await moto?.ask('events', 'CreateEventBus', { Name: name });
    const EventPattern = JSON.stringify({ source: ['sellingpartnerapi.amazon.com'] });
    await moto?.ask('events', 'PutRule', { Name: name, EventBusName: name, EventPattern });
    await moto?.ask('events', 'PutTargets', { Rule: name, EventBusName: name, Targets: [{ Id: '1', Arn }] });
    const Detail = JSON.stringify(notification('902-3-3'));
    const entry = {
      Source: 'sellingpartnerapi.amazon.com',
      DetailType: 'ORDER_CHANGE',
      EventBusName: name,
      Detail,
    };
    await moto?.ask('events', 'PutEvents', { Entries: [entry] });
    await until('it is read', async () => (await turn()) === 1);
    expect(await written()).toEqual([{ topic: 'ORDER_CHANGE', means: 'orders', object_id: '902-3-3' }]);
  });

  it('keeps what could not be written: the database was away', async () => {
    await send(notification());
    const away = { ...database.db, sqlAcrossTenants: () => Promise.reject(new Error('away')) };
    expect(await turn(away)).toBe(1);
    expect(await written()).toEqual([]);
    expect(await left()).toMatchObject({ ApproximateNumberOfMessagesNotVisible: 1 });
    expect(said).toMatchObject([{ level: 'warn', message: 'a message of a queue waits' }]);
  });

  it('forgets what is of no seller of ours, and says so', async () => {
    await send(notification('902-4-4', 'ASTRANGER'));
    await until('it is read', async () => (await turn()) === 1);
    expect(said).toMatchObject([{ level: 'info', as: 'of_nobody' }]);
    expect(await left()).toMatchObject({ ApproximateNumberOfMessagesNotVisible: 0 });
  });

  it('sets aside what cannot be understood, at the third time, and never forgets it', async () => {
    await send('not JSON at all');
    const shown: Sqs = {
      ...sqs,
      receive: async (of) => (await sqs.receive(of)).map((one) => ({ ...one, times: said.length + 1 })),
    };
    if (amazon === undefined) throw new Error('there is no Amazon');
    for (let time = 1; time <= 3; time += 1) {
      await until(
        'it is given out',
        async () => (await takeTurn({ db: database.db, sqs: shown, log }, source, amazon)) === 1,
      );
      if (time < 3)
        await moto?.ask('sqs', 'SendMessage', { QueueUrl: source.url, MessageBody: 'not JSON at all' });
    }
    expect(said.map(({ level }) => level)).toEqual(['warn', 'warn', 'error']);
    expect(said[2]).toMatchObject({ times: 3, code: 'platform_answer_invalid' });
    expect(await left()).toMatchObject({ ApproximateNumberOfMessagesNotVisible: 3 });
  });

  it('is read by the worker’s own turns until they are stopped', async () => {
    const own = createSqs(CREDENTIAL, Date.now);
    const platforms = new Map(amazon === undefined ? [] : [['amazon', amazon]]);
    const keeping = keepQueues({ db: database.db, platforms, sqs: own, sources: [source], log });
    await send(notification('902-5-5'));
    await until('it is written', async () => (await written()).length === 1);
    await keeping.stop();
    expect(said.filter(({ level }) => level !== 'info')).toEqual([]);
  });
});
