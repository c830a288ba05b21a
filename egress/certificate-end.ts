// When certificates end that somebody entered: the calendar shows it beside refresh tokens and secrets. Reads public parts alone; a PKCS #12 file tells nothing without being
// opened, and a bare key has no end.
import { X509Certificate } from 'node:crypto';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/** Epoch ms of the first end among all certificates in these texts; null where there is none that can be read. */
export function certificateEnd(parts: Readonly<Record<string, string>>): number | null {
  const ends = Object.values(parts)
    .flatMap((text) => [...text.matchAll(CERTIFICATE)])
    .flatMap(([pem]) => endOf(pem));
  return ends.length === 0 ? null : Math.min(...ends);
}

function endOf(pem: string): number[] {
  try {
    return [Date.parse(new X509Certificate(pem).validTo)];
  } catch {
    return [];
  }
}
