// How a platform is subscribed to, in words made of its data.
import type { Notifications, Subscribe } from '../../domain/platform.ts';
import { code } from './markdown.ts';

const SECRETS: Record<Subscribe['secret'], string> = {
  ours: 'with a secret of ours',
  told: 'with a secret that the answer tells',
  registration: 'proved by our app’s secret',
  none: 'proved without a secret of the subscription',
};

export function subscriptionWords({ subscribe }: Notifications): string {
  if (subscribe === undefined) return 'by hand, or in the app’s console';
  const { together, shared, key, secret, credentialKinds, except } = subscribe;
  return [
    `by API, ${together === true ? 'one for all topics' : 'one a topic'}`,
    shared === true ? 'all shops at our app’s address' : 'each connection at an address of its own',
    key === undefined ? SECRETS[secret] : 'proved by a key of the shop that a call gives',
    ...(credentialKinds === undefined ? [] : [`with ${credentialKinds.map(code).join(', ')} alone`]),
    ...(except === undefined ? [] : [`without ${except.map(code).join(', ')}`]),
  ].join('; ');
}
