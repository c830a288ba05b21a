// Why a TLS handshake failed, in words that stay the same whatever OpenSSL calls it. In each of these cases nothing of the request was sent.
import { MooringError } from './errors.ts';

export type TlsFault =
  | 'expired'
  | 'not_yet_valid'
  | 'other_host'
  | 'untrusted'
  | 'old_protocol'
  | 'handshake';

const SAID: Readonly<Record<TlsFault, string>> = {
  expired: 'shows a certificate that has expired',
  not_yet_valid: 'shows a certificate that is not valid yet',
  other_host: 'shows a certificate for another host',
  untrusted: 'shows a certificate that no known authority vouches for',
  old_protocol: 'offers no TLS 1.2 or newer',
  handshake: 'does not complete a TLS handshake',
};

const FAULTS: Readonly<Record<string, TlsFault>> = {
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'not_yet_valid',
  ERR_TLS_CERT_ALTNAME_INVALID: 'other_host',
  ERR_TLS_CERT_ALTNAME_FORMAT: 'other_host',
  HOSTNAME_MISMATCH: 'other_host',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'untrusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'untrusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'untrusted',
  UNABLE_TO_GET_ISSUER_CERT: 'untrusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'untrusted',
  CERT_UNTRUSTED: 'untrusted',
  CERT_REVOKED: 'untrusted',
  CERT_SIGNATURE_FAILURE: 'untrusted',
  INVALID_CA: 'untrusted',
  INVALID_PURPOSE: 'untrusted',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'old_protocol',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'old_protocol',
  ERR_SSL_WRONG_VERSION_NUMBER: 'handshake',
};

/** What a network error's code says about the handshake; null when it is about something else. */
export function tlsFaultOf(networkCode: string): TlsFault | null {
  const known = Object.hasOwn(FAULTS, networkCode) ? FAULTS[networkCode] : undefined;
  return known ?? (networkCode.startsWith('ERR_SSL_') ? 'handshake' : null);
}

/** platform_unreachable, with the fault in `detail.tls` and the network's code in `detail.network`. */
export function tlsFailure(host: string, fault: TlsFault, networkCode: string): MooringError {
  return new MooringError('platform_unreachable', `"${host}" ${SAID[fault]}`, {
    detail: { network: networkCode, tls: fault },
  });
}
