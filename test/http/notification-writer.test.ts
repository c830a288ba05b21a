// How notifications that come together are written when the database does not take them.
import { expect, test } from 'vitest';
import { MooringError } from '../../domain/errors.ts';
import { createNotificationWriter } from '../../http/notification-writer.ts';
import type { NewNotification } from '../../store/notifications.ts';

const of = (n: number): NewNotification => ({
  scope: { tenantId: 'ten_a', connectionId: 'con_a' },
  dedupeKey: Buffer.from([n]),
  platform: 'shelf',
  topic: 'orders',
  means: 'orders',
  objectId: null,
  named: null,
  isToBeTold: false,
});

test('a hundred that come while the database is down are all refused by the attempts of two, not one after another', async () => {
  let attempts = 0;
  const write = createNotificationWriter({
    sqlInTenant: async () => {
      attempts += 1;
      throw new MooringError('store_unavailable', 'the database cannot be reached');
    },
  });
  const told = await Promise.allSettled(Array.from({ length: 100 }, (_, n) => write('ten_a', of(n))));
  expect(told.filter(({ status }) => status === 'rejected')).toHaveLength(100);
  expect(attempts).toBe(2);
});
