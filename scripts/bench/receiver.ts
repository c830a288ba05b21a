// The receiver of the deliveries benchmark: takes everything at once, counts, and on GET /stats says how late messages came. A process of its own: it
// prints its port.
import { createServer } from 'node:http';

let taken = 0;
let lateMs: number[] = [];
const ids = new Set<string>();

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ taken, different: ids.size, lateMs }));
    taken = 0;
    lateMs = [];
    ids.clear();
    return;
  }
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    taken += 1;
    ids.add(String(request.headers['webhook-id']));
    const message: { timestamp?: string } = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    if (message.timestamp !== undefined) lateMs.push(Date.now() - Date.parse(message.timestamp));
    response.writeHead(204).end();
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(typeof address === 'object' ? address?.port : '');
});
