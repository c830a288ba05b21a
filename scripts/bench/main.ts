// npm run bench <name>: one benchmark, all its contestants in one run, ratios between them. `--json` prints one JSON object and nothing else.
import { parseArgs } from 'node:util';

const BENCHES: Readonly<Record<string, () => Promise<{ run(options: BenchOptions): Promise<void> }>>> = {
  credential: () => import('./credential.ts'),
  deliveries: () => import('./deliveries.ts'),
  notifications: () => import('./notifications.ts'),
  sync: () => import('./sync.ts'),
};

export interface BenchOptions {
  /** Of `sync`. */
  readonly orders: number;
  /** Of `credential`. */
  readonly calls: number;
  /** Of `deliveries` and `notifications`. */
  readonly messages: number;
  readonly rounds: number;
  readonly json: boolean;
}

const { values, positionals } = readOptions();
const [name = ''] = positionals;
const bench = BENCHES[name];
const [orders, calls, rounds] = [Number(values.orders), Number(values.calls), Number(values.rounds)];
const messages = Number(values.messages);
if (bench === undefined)
  fail(`there is no benchmark "${name}"; there are: ${Object.keys(BENCHES).join(', ')}`);
if (!(Number.isInteger(orders) && orders > 0)) fail('--orders must be a whole number above 0');
if (!(Number.isInteger(calls) && calls > 0)) fail('--calls must be a whole number above 0');
if (!(Number.isInteger(messages) && messages > 0)) fail('--messages must be a whole number above 0');
if (!(Number.isInteger(rounds) && rounds > 0)) fail('--rounds must be a whole number above 0');
await (await bench()).run({ orders, calls, messages, rounds, json: values.json });

function readOptions() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        orders: { type: 'string', default: '100000' },
        calls: { type: 'string', default: '1000' },
        messages: { type: 'string', default: '5000' },
        rounds: { type: 'string', default: '5' },
        json: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

function fail(sentence: string): never {
  console.error(sentence);
  process.exit(1);
}
