import { oidcPlatform } from '../definition.ts';

export const platform = oidcPlatform({
  id: 'oidcjwt',
  registration: [
    {
      name: 'privateKey',
      label: 'Private key',
      secret: true,
      form: 'pem',
      help: 'PKCS #8; its public half is registered at the platform',
    },
  ],
  proof: {
    clientAuthentication: 'private_key_jwt',
    clientAssertion: { algorithm: 'ES256', key: '{privateKey}', claims: {}, lifetimeS: 60 },
  },
});
