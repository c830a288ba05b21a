// The platform of the credential benchmark: answers every request after 20 ms, which is quick for a real one. A process of its own: it prints its port.
import { createServer } from 'node:http';

const ANSWER = '{"id":"1","name":"one order"}';

const server = createServer((_request, response) => {
  setTimeout(() => response.writeHead(200, { 'content-type': 'application/json' }).end(ANSWER), 20);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(typeof address === 'object' ? address?.port : '');
});
