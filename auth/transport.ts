// The client certificate of a connection (RFC 8705), read out of credential or registration and judged before anything is sent: by its dates, by its key.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { MooringError } from '../domain/errors.ts';
import type { ClientCertificate } from '../domain/outbound.ts';
import type { Transport } from '../domain/platform.ts';
import type { Values } from './values.ts';

/** null where none is shown at this place. */
export function certificateOf(
  transport: Transport | undefined,
  place: 'token' | 'api',
  values: Values,
): ClientCertificate | null {
  if (transport === undefined || (transport.at !== undefined && transport.at !== place)) return null;
  const passphrase = transport.passphrase === undefined ? '' : values.fill(transport.passphrase);
  const withPassphrase = passphrase === '' ? {} : { passphrase };
  if ('pfx' in transport) return { kind: 'pfx', pfxBase64: values.fill(transport.pfx), ...withPassphrase };
  const certificate = values.fill(transport.certificate);
  const privateKey = values.fill(transport.privateKey);
  return { kind: 'pem', certificate, privateKey, ...withPassphrase };
}

/**
 * Throws certificate_invalid where it cannot be read, is over or not yet begun, or its key is another's. Gives the end of its validity; of a
 * PKCS #12 file it can say no more than that it opens.
 */
export function judgeCertificate(
  certificate: ClientCertificate,
  nowMs: number,
): { readonly endsAtMs: number | null } {
  if (certificate.kind === 'pfx') {
    const { pfxBase64, passphrase = '' } = certificate;
    const rule = 'the PKCS #12 file or its passphrase cannot be read';
    read(() => createSecureContext({ pfx: Buffer.from(pfxBase64, 'base64'), passphrase }), rule);
    return { endsAtMs: null };
  }
  const x509 = read(() => new X509Certificate(certificate.certificate), 'the certificate is not PEM');
  const key = read(
    () =>
      createPrivateKey({
        key: certificate.privateKey,
        ...(certificate.passphrase === undefined ? {} : { passphrase: certificate.passphrase }),
      }),
    'the private key of the certificate is not PEM, or its passphrase is another',
  );
  if (!x509.checkPrivateKey(key)) throw invalid('the certificate is for another private key');
  if (nowMs < Date.parse(x509.validFrom)) throw invalid('the certificate is not valid yet');
  const endsAtMs = Date.parse(x509.validTo);
  if (nowMs >= endsAtMs) throw invalid('the certificate has expired');
  return { endsAtMs };
}

function read<T>(make: () => T, rule: string): T {
  try {
    return make();
  } catch {
    throw invalid(rule);
  }
}

function invalid(rule: string): MooringError {
  return new MooringError('certificate_invalid', rule);
}
