// A platform from outside, for the tests of the command line: a pasted key, notifications signed by HMAC with a time.
import type { Platform } from '../../../domain/platform.ts';

export const platform = {
  id: 'kiosk',
  name: 'Kiosk',
  certainty: 'vendor',
  documentation: 'https://kiosk.example/docs',
  shop: [
    {
      name: 'url',
      label: 'Address',
      pattern: '^https://[a-z0-9.-]+$',
      help: 'Where it answers',
      example: 'https://kiosk.example',
      normalize: 'url',
    },
  ],
  baseUrl: '{url}/api',
  apiVersion: { name: '1', sunset: null },
  needsRegistration: false,
  auth: [
    {
      credentialKind: 'api_key',
      obtain: { kind: 'pasted', fields: [{ name: 'apiKey', label: 'Key', secret: true, help: 'Settings' }] },
      renew: { kind: 'none' },
      sign: [{ scheme: 'header', name: 'x-api-key', value: '{apiKey}' }],
      defaultLifetimeS: null,
    },
  ],
  proof: {
    request: () => ({ method: 'GET', path: '/me', endpoint: 'GET /me' }),
    read: () => ({ shopKey: null, shopName: null, scopes: null, facts: {} }),
  },
  permissions: {},
  answers: [],
  rateLimits: [],
  resources: {},
  notifications: {
    delivery: 'http',
    subscribedBy: 'merchant',
    topics: { 'order.changed': 'orders' },
    topicIn: { header: 'x-kiosk-topic' },
    signature: {
      kind: 'hmac',
      in: { header: 'X-Kiosk-Signature' },
      algorithm: 'sha256',
      encoding: 'base64',
      message: ['{header:x-kiosk-time}', '{body}'],
      separator: '.',
      timestamp: { in: { header: 'X-Kiosk-Time' }, unit: 'seconds', toleranceS: 300 },
    },
  },
} as const satisfies Platform;
