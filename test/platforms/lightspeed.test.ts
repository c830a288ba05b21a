// What is Lightspeed's alone: lists that go on by a version.
import { expect, test } from 'vitest';
import { lightspeed } from '../../platforms/lightspeed/platform.ts';
import { PASS } from './fixtures.ts';

const { products } = lightspeed.resources;

test('a pass goes on after the last version, and ends with an empty page', () => {
  expect(products.request(PASS, null).query).toEqual({ page_size: '50' });
  const body = { data: [{ id: 'a' }], version: { min: 7, max: 103 } };
  const { next } = products.read(PASS, null, { body, headers: {} });
  expect(products.request(PASS, next).query).toEqual({ page_size: '50', after: '103' });
  expect(products.read(PASS, next, { body: { data: [], version: {} }, headers: {} }).next).toBeNull();
});

test('a page that comes again is refused, instead of being read for ever', () => {
  const body = { data: [{ id: 'a' }], version: { min: 7, max: 103 } };
  expect(() => products.read(PASS, { after: '103' }, { body, headers: {} })).toThrow('does not go on');
});
