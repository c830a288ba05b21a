// Which way a connect page begins with, and which others it offers.
import { expect, test } from 'vitest';
import type { Platform } from '../../domain/platform.ts';
import { approachOf } from '../../http/approval.ts';
import { findPlatform } from '../../platforms/index.ts';

function platform(id: string): Platform {
  const found = findPlatform(id);
  if (found === undefined) throw new Error(`no platform ${id}`);
  return found;
}

const kindsOf = (id: string, way?: string) => {
  const { method, alternatives } = approachOf(platform(id), way);
  return [method, ...alternatives].map(({ credentialKind }) => credentialKind);
};

test('a platform’s own approval goes first, and what was asked for before it', () => {
  expect(kindsOf('amazon')).toEqual(['lwa_token', 'lwa_self_authorized']);
  expect(kindsOf('amazon', 'lwa_self_authorized')).toEqual(['lwa_self_authorized', 'lwa_token']);
});

test('an install that begins at the platform is not offered here, not even when it is asked for', () => {
  expect(kindsOf('magento')).toEqual(['integration_pasted', 'integration_bearer']);
  expect(kindsOf('bigcommerce', 'app_token')).toEqual(['store_token']);
});

test('where it is the only way, that is said', () => {
  const [app] = platform('bigcommerce').auth;
  if (app === undefined) throw new Error('no app');
  expect(() => approachOf({ ...platform('bigcommerce'), auth: [app] })).toThrow('installed at the platform');
});
