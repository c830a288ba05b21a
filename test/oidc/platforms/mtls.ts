import { oidcPlatform } from '../definition.ts';

export const platform = oidcPlatform({
  id: 'oidcmtls',
  registration: [
    { name: 'certificate', label: 'Certificate', secret: false, form: 'pem', help: 'PEM' },
    { name: 'certificateKey', label: 'Its private key', secret: true, form: 'pem', help: 'PKCS #8' },
  ],
  proof: { clientAuthentication: 'tls_client_auth' },
  transport: { certificate: '{certificate}', privateKey: '{certificateKey}' },
});
