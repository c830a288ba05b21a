/** Which simulated platform and shop a request is for. Decides by host (and folder) alone, never by credentials. */
import { answerBench, BENCH_HOST } from './bench.ts';
import { answerControl } from './control.ts';
import { type Answer, type Exchange, json } from './exchange.ts';
import { SIMULATED } from './platforms.ts';
import type { Sandbox } from './sandbox.ts';
import { ensureShop } from './shops.ts';
import { answerSigV4, SIGV4_HOST } from './sigv4.ts';
import { type CentralPlatform, isCentral } from './simulated.ts';
import { PLATFORM_NAMES, type PlatformName, type Shop } from './state.ts';

export interface Target {
  control: boolean;
  shopKey: string | null;
  handle(): Answer | Promise<Answer>;
}

export function route(sandbox: Sandbox, exchange: Exchange): Target {
  const to = (shopKey: string | null, handle: Target['handle']): Target => ({
    control: false,
    shopKey,
    handle,
  });
  if (exchange.path === '/_control' || exchange.path.startsWith('/_control/')) {
    return { control: true, shopKey: null, handle: () => answerControl(sandbox, exchange) };
  }
  if (exchange.host === BENCH_HOST) return to(BENCH_HOST, () => answerBench(exchange));
  if (exchange.host === SIGV4_HOST) return to(SIGV4_HOST, () => answerSigV4(sandbox, exchange));
  const central = CENTRAL.get(exchange.host);
  if (central !== undefined) {
    return to(central.shopKey(sandbox, exchange), () => central.answer(sandbox, exchange));
  }
  const shop = findShop(sandbox, exchange);
  const hosted = shop === null ? null : SIMULATED[shop.platform];
  if (shop === null || hosted === null || isCentral(hosted)) {
    return to(null, () => json(404, { errors: 'Not Found', message: `no shop at "${exchange.host}"` }));
  }
  return to(shop.key, () => hosted.answerShop(sandbox, exchange, shop));
}

const CENTRAL = new Map<string, Pick<CentralPlatform, 'shopKey' | 'answer'>>();
const HOSTED: { platform: PlatformName; pattern: RegExp }[] = [];
for (const platform of PLATFORM_NAMES) {
  const plays = SIMULATED[platform];
  const central = isCentral(plays) ? plays : plays.shared;
  if (central !== undefined) for (const host of central.hosts) CENTRAL.set(host, central);
  if (!isCentral(plays)) HOSTED.push({ platform, pattern: plays.pattern });
}

/** The shop at a host; hosts of the usual patterns come into being when first asked for. */
function findShop(sandbox: Sandbox, exchange: Exchange): Shop | null {
  const host = sandbox.state.renamed[exchange.host] ?? exchange.host;
  const here = Object.values(sandbox.state.shops)
    .filter(
      (shop) =>
        !isCentral(SIMULATED[shop.platform]) && shop.host === host && within(exchange.path, shop.basePath),
    )
    .sort((a, b) => b.basePath.length - a.basePath.length);
  if (here[0] !== undefined) return here[0];
  const usual = HOSTED.find(({ pattern }) => pattern.test(host));
  return usual === undefined ? null : ensureShop(sandbox, { platform: usual.platform, host });
}

function within(path: string, folder: string): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`);
}
