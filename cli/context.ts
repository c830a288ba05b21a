// Where the API is and with which key, from flags, the environment, or the local stack's file, in this order.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createMooringClient, type MooringClient } from '../client/index.ts';

export interface Context {
  readonly client: MooringClient;
  readonly url: string;
  readonly isJson: boolean;
  /** Whether it speaks to the stack of this folder. */
  readonly isLocal: boolean;
  /** Prints a value as JSON, or what `text` makes of it. */
  print<T>(value: T, text: (value: T) => string): void;
}

export interface GlobalOptions {
  readonly url?: string;
  readonly key?: string;
  readonly json?: boolean;
}

/** Throws an error that says what is missing. */
export async function openContext(options: GlobalOptions): Promise<Context> {
  const local = readLocal();
  const url = options.url ?? process.env['MOORING_URL'] ?? local.apiUrl;
  const apiKey = options.key ?? process.env['MOORING_KEY'] ?? local.apiKey;
  if (url === undefined || apiKey === undefined) {
    throw new Error(
      'No API to speak to: start the local stack (npm start), or set MOORING_URL and MOORING_KEY.',
    );
  }
  const isJson = options.json === true;
  return {
    client: createMooringClient({ baseUrl: url, apiKey }),
    url,
    isJson,
    isLocal: url === local.apiUrl,
    print: (value, text) => console.log(isJson ? JSON.stringify(value, null, 2) : text(value)),
  };
}

/** The local stack's folder: MOORING_FOLDER, else .mooring here, as npm start has it. */
export function inLocalFolder(name: string): string {
  return join(process.env['MOORING_FOLDER'] ?? '.mooring', name);
}

function readLocal(): { apiUrl?: string; apiKey?: string } {
  let text: string;
  try {
    text = readFileSync(inLocalFolder('local.json'), 'utf8');
  } catch {
    return {};
  }
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed !== 'object' || parsed === null) return {};
  return {
    ...('apiUrl' in parsed && typeof parsed.apiUrl === 'string' ? { apiUrl: parsed.apiUrl } : {}),
    ...('apiKey' in parsed && typeof parsed.apiKey === 'string' ? { apiKey: parsed.apiKey } : {}),
  };
}
