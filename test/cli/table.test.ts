import { expect, test } from 'vitest';
import { plain, table } from '../../cli/table.ts';

test('a name from outside can neither move the cursor nor begin a line of its own', () => {
  const evil = 'Shop\r\n\u001b[2J\u001b]0;title\u0007\u009b31mred';
  expect(plain(evil)).toBe('Shop···[2J·]0;title··31mred');
  const lines = table(['shop'], [[evil], ['other']], '').split('\n');
  expect(lines).toHaveLength(table(['shop'], [['plain'], ['other']], '').split('\n').length);
});
