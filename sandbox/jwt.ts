/** JWTs of the simulated platforms' side, by Node alone: made with a key pair of the sandbox, or read and verified with a key that was registered. */
import { createPublicKey, createSign, createVerify, generateKeyPairSync } from 'node:crypto';
import { isRecord } from './exchange.ts';
import type { Sandbox } from './sandbox.ts';

export interface KeyPair {
  publicKey: string;
  privateKey: string;
}

/** A platform's RSA pair, made when first needed; lost with the process. */
export function keyPairOf(sandbox: Sandbox, name: string): KeyPair {
  const known = sandbox.keys.get(name);
  if (known !== undefined) return known;
  const pair = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  sandbox.keys.set(name, pair);
  return pair;
}

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

export function signRs256(claims: object, privateKey: string): string {
  const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`;
  return `${text}.${createSign('RSA-SHA256').update(text).sign(privateKey).toString('base64url')}`;
}

/** The claims of a JWT signed RS256 by that key; null: malformed, another algorithm, critical headers, or a wrong signature. */
export function verifyRs256(jwt: string, publicKey: string): Record<string, unknown> | null {
  const [head = '', body = '', mac = '', more] = jwt.split('.');
  const [header, claims] = [head, body].map(read);
  if (
    more !== undefined ||
    header === null ||
    claims === null ||
    header === undefined ||
    claims === undefined
  )
    return null;
  if (header['alg'] !== 'RS256' || header['crit'] !== undefined) return null;
  const isSigned = createVerify('RSA-SHA256')
    .update(`${head}.${body}`)
    .verify(publicKey, Buffer.from(mac, 'base64url'));
  return isSigned ? claims : null;
}

function read(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

/** Whether the text is an RSA public key, or a certificate of one. */
export function isPublicKey(pem: string): boolean {
  try {
    return createPublicKey(pem).asymmetricKeyType === 'rsa';
  } catch {
    return false;
  }
}
