// Lets code that nobody here wrote talk to the sandbox: whatever it opens to any https address, in this process, arrives there, with the real
// host in its Host header. Each test file is a process of its own.
import http from 'node:http';
import https from 'node:https';
import { connect } from 'node:net';
import { Agent, getGlobalDispatcher, setGlobalDispatcher } from 'undici';

/** Turns every way out to `url`; the returned function turns them back. */
export function leadTo(url: string): () => Promise<void> {
  const port = Number(new URL(url).port);
  const open = () => connect(port, '127.0.0.1');
  const [before, secure, plain] = [getGlobalDispatcher(), https.globalAgent, http.globalAgent];
  const agent = new Agent({
    connect: (_, done) => {
      const socket = open();
      socket.once('error', (error) => done(error, null));
      socket.once('connect', () => done(null, socket));
    },
  });
  setGlobalDispatcher(agent);
  https.globalAgent = Object.assign(new https.Agent({ keepAlive: false }), { createConnection: open });
  http.globalAgent = Object.assign(new http.Agent({ keepAlive: false }), { createConnection: open });
  let turned = true;
  return async () => {
    if (!turned) return;
    turned = false;
    setGlobalDispatcher(before);
    https.globalAgent = secure;
    http.globalAgent = plain;
    await agent.close();
  };
}

/** An address of ours that keeps what it is asked and answers the same to all. */
export async function recording(answer: object): Promise<{
  url: string;
  asked: { method: string; url: URL; headers: http.IncomingHttpHeaders; body: string }[];
  close(): Promise<void>;
}> {
  const asked: { method: string; url: URL; headers: http.IncomingHttpHeaders; body: string }[] = [];
  const server = http.createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
      asked.push({ method: request.method ?? '', url, headers: request.headers, body });
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
