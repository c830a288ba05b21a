// A request as a curl command, quoted for a POSIX shell.
import type { OutboundRequest } from '../domain/outbound.ts';

export function curlOf({ method, url, headers, body, clientCertificate }: OutboundRequest): string {
  const certificate =
    clientCertificate === undefined
      ? []
      : clientCertificate.kind === 'pfx'
        ? ['--cert-type P12 --cert client.p12']
        : ['--cert client.pem --key client.key'];
  return [
    `curl -X ${method} ${quoted(url)}`,
    ...Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(body === null ? [] : [`--data-raw ${quoted(body)}`]),
    ...certificate,
  ].join(' \\\n  ');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
