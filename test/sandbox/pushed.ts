// An address of ours that a simulated platform tells things, and what it was told.
import { createServer } from 'node:http';
import { until } from '../world.ts';
import type { World } from './calling.ts';

export interface Pushed {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string;
  // biome-ignore lint/suspicious/noExplicitAny: a platform's push is looked into, field by field
  json: any;
}

export interface Receiver {
  url: string;
  got: Pushed[];
  /** What it answers from now on; a text is a body of its own. */
  answer: { status: number; body?: (pushed: Pushed) => string; waitMs?: number };
  /** Waits for that many pushes, and returns them all. */
  until(count: number): Promise<Pushed[]>;
  close(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const got: Pushed[] = [];
  const receiver: Receiver = {
    url: '',
    got,
    answer: { status: 200 },
    until: async (count) => {
      await until(`${count} pushes`, async () => got.length >= count);
      return got;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const flat = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]);
      const body = Buffer.concat(chunks).toString('utf8');
      const pushed: Pushed = {
        method: incoming.method ?? '',
        url: incoming.url ?? '',
        headers: Object.fromEntries(flat),
        body,
        json: parsed(body),
      };
      got.push(pushed);
      const { status, body: answer, waitMs } = receiver.answer;
      setTimeout(() => {
        outgoing.writeHead(status, status === 302 ? { location: '/elsewhere' } : {});
        outgoing.end(answer?.(pushed) ?? '');
      }, waitMs ?? 0);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  receiver.url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  return receiver;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Once nothing is being sent: what was pushed, as control has it. */
export async function settled(world: World, shop?: string) {
  const at = shop === undefined ? '/pushes' : `/pushes?shop=${encodeURIComponent(shop)}`;
  let answer = await world.control(at);
  await until('nothing is being sent', async () => {
    answer = await world.control(at);
    return answer.json.sending === 0;
  });
  return answer.json;
}

/** Lets the platforms' clock run on, so that what is to be repeated is due. */
export async function passS(world: World, seconds: number): Promise<void> {
  const { json } = await world.control('/clock');
  await world.control('/clock', { offsetMs: json.offsetMs + seconds * 1000 });
}

export async function change(world: World, shop: string, fields: Record<string, unknown>) {
  const { json } = await world.control(`/shops/${encodeURIComponent(shop)}/changes`, fields);
  return json;
}
