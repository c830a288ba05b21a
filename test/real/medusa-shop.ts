// A real Medusa shop, which nobody here wrote: installed once into a cache folder of its own, started on a database of ours,
// filled and changed through its own admin API. It must never become a dependency of the product.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const VERSION = '2.21.2';
const PACKAGES = ['medusa', 'framework', 'cli'].map((name) => `@medusajs/${name}@${VERSION}`);
const run = promisify(execFile);

export interface MedusaShop {
  readonly url: string;
  readonly email: string;
  readonly password: string;
  /** Calls the admin API as its administrator; throws with Medusa's own answer when it is not 2xx. */
  admin<T>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<T>;
  stop(): Promise<void>;
}

/** Installs Medusa where a folder of this version is not there yet. Takes minutes the first time. */
export async function installMedusa(log: (line: string) => void): Promise<string> {
  const folder = join(
    process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
    'mooring',
    `medusa-${VERSION}`,
  );
  const complete = join(folder, '.complete');
  if (!existsSync(complete)) {
    log(`installing Medusa ${VERSION} into a cache folder; this takes some minutes, once`);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'real-shop', private: true }));
    await run('npm', ['install', '--no-audit', '--no-fund', ...PACKAGES], {
      cwd: folder,
      maxBuffer: 64 << 20,
    });
    await writeFile(complete, VERSION);
  }
  await writeFile(join(folder, 'medusa-config.js'), CONFIG);
  return folder;
}

const CONFIG = `const { defineConfig } = require('@medusajs/framework/utils');
module.exports = defineConfig({
  admin: { disable: true },
  projectConfig: {
    databaseUrl: process.env.DATABASE_URL,
    http: {
      jwtSecret: process.env.JWT_SECRET, cookieSecret: process.env.COOKIE_SECRET, jwtExpiresIn: process.env.JWT_EXPIRES_IN,
      storeCors: '*', adminCors: '*', authCors: '*',
    },
  },
});
`;

/** Starts the shop on an empty database. `sessionLifetime` is how long a login lasts, in Medusa's own notation ("20s", "1h"). */
export async function startMedusa(options: {
  folder: string;
  databaseUrl: string;
  port: number;
  sessionLifetime: string;
}): Promise<MedusaShop> {
  const email = 'merchant@medusa.example';
  const password = randomBytes(12).toString('hex');
  const env = {
    ...process.env,
    DATABASE_URL: options.databaseUrl,
    JWT_SECRET: randomBytes(24).toString('hex'),
    COOKIE_SECRET: randomBytes(24).toString('hex'),
    JWT_EXPIRES_IN: options.sessionLifetime,
    MEDUSA_DISABLE_TELEMETRY: 'true',
    NODE_ENV: 'development',
  };
  const cli = (...args: string[]) =>
    run(join(options.folder, 'node_modules', '.bin', 'medusa'), args, {
      cwd: options.folder,
      env,
      maxBuffer: 64 << 20,
    });
  await cli('db:migrate');
  await cli('user', '-e', email, '-p', password);
  const child = spawn(
    join(options.folder, 'node_modules', '.bin', 'medusa'),
    ['start', '--port', String(options.port)],
    {
      cwd: options.folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  await untilReady(child, options.port);
  const url = `http://127.0.0.1:${options.port}`;
  return { url, email, password, admin: adminApi(url, email, password), stop: () => stop(child) };
}

async function untilReady(child: ChildProcess, port: number): Promise<void> {
  let output = '';
  await new Promise<void>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes(`ready on port: ${port}`)) resolve();
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', (code) =>
      reject(new Error(`Medusa ended with ${code} before it was ready:\n${output.slice(-2000)}`)),
    );
  });
}

/** Logs in anew for each call, so that a short session lifetime under test does not reach the test's own calls. */
function adminApi(url: string, email: string, password: string): MedusaShop['admin'] {
  return async (method, path, body) => {
    const login = await fetch(`${url}/auth/user/emailpass`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password }),
    });
    const { token } = (await login.json()) as { token: string };
    const answer = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok)
      throw new Error(`Medusa answered ${answer.status} to ${method} ${path}: ${text.slice(0, 500)}`);
    return JSON.parse(text);
  };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(timer);
}
