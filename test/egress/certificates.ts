// Certificates made for a test: an authority, and what it signs. ECDSA P-256 over hand-written DER (RFC 5280 § 4.1), because Node can read
// certificates but not issue them. For tests alone: it protects nothing.
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateWish {
  /** The host it is for; none for an authority. */
  readonly host?: string;
  readonly from?: Date;
  readonly until?: Date;
}

export interface Authority {
  /** Its own certificate (PEM). */
  readonly cert: string;
  issue(wish: CertificateWish): Certificate;
}

const DAY_MS = 86_400_000;

export function createAuthority(name: string): Authority {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const cert = certify(
    { subject: name, issuer: name, publicKey: keys.publicKey, signer: keys.privateKey },
    {},
  );
  return {
    cert,
    issue: (wish) => {
      const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const subject = wish.host ?? 'nobody';
      const signed = { subject, issuer: name, publicKey: own.publicKey, signer: keys.privateKey };
      return { cert: certify(signed, wish), key: pemOf(own.privateKey) };
    },
  };
}

/** A certificate that vouches for itself. */
export function selfSigned(host: string): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const cert = certify({ subject: host, issuer: host, publicKey, signer: privateKey }, { host });
  return { cert, key: pemOf(privateKey) };
}

interface Signed {
  readonly subject: string;
  readonly issuer: string;
  readonly publicKey: KeyObject;
  readonly signer: KeyObject;
}

const pemOf = (key: KeyObject): string => String(key.export({ type: 'pkcs8', format: 'pem' }));

function certify({ subject, issuer, publicKey, signer }: Signed, wish: CertificateWish): string {
  const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));
  const serial = Buffer.concat([Buffer.of(1), randomBytes(8)]);
  const validity = sequence(
    time(wish.from ?? new Date(Date.now() - DAY_MS)),
    time(wish.until ?? new Date(Date.now() + DAY_MS)),
  );
  const body = sequence(
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, serial),
    ecdsaWithSha256,
    name(issuer),
    validity,
    name(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(wish.host === undefined ? isAuthority() : isFor(wish.host))),
  );
  const signature = der(0x03, Buffer.of(0), sign('sha256', body, signer));
  const base64 = sequence(body, ecdsaWithSha256, signature).toString('base64');
  const lines = base64.match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const size = content.length;
  const length =
    size < 128
      ? Buffer.of(size)
      : size < 256
        ? Buffer.of(0x81, size)
        : Buffer.of(0x82, size >> 8, size & 255);
  return Buffer.concat([Buffer.of(tag), length, content]);
}

const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));
const octets = (inner: Buffer): Buffer => der(0x04, inner);
/** One common name. */
const name = (text: string): Buffer =>
  sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(text, 'utf8')))));
/** GeneralizedTime, to the second. */
const time = (at: Date): Buffer =>
  der(0x18, Buffer.from(`${at.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`, 'ascii'));
const isAuthority = (): Buffer =>
  sequence(oid('551d13'), der(0x01, Buffer.of(0xff)), octets(sequence(der(0x01, Buffer.of(0xff)))));
const isFor = (host: string): Buffer =>
  sequence(oid('551d11'), octets(sequence(der(0x82, Buffer.from(host, 'ascii')))));
