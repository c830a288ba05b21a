/** Shopee's approval by main account: one login over many shops. Its first refresh token gives each shop its own pair, once a shop. */
import type { Answer, Exchange } from '../exchange.ts';
import { textField } from '../exchange.ts';
import { countExchange, createCode, createGrant, randomHex, redeemCode } from '../grants.ts';
import type { Sandbox } from '../sandbox.ts';
import { shopsOf } from '../shops.ts';
import type { MainGrant } from '../state.ts';
import { flat, refuse } from './answers.ts';
import { issueShopeeTokens, tokenAnswer } from './tokens.ts';

export const MAIN_ACCOUNT = '90001';

/** What a merchant who is logged in by main account picks in place of one shop. */
export const MAIN_CHOICE = 'main';

/** The code of an approval for every shop of the account. */
export function approveByMainAccount(sandbox: Sandbox, clientId: string): Record<string, string> {
  const [first] = shopsOf(sandbox, 'shopee');
  const code = {
    platform: 'shopee' as const,
    shopKey: first?.key ?? '',
    clientId,
    scopes: [],
    mainAccount: MAIN_ACCOUNT,
  };
  return {
    code: createCode(sandbox, code, sandbox.state.settings.shopeeCodeTtlS),
    main_account_id: MAIN_ACCOUNT,
  };
}

export function exchangeMainCode(sandbox: Sandbox, fields: Record<string, unknown>): Answer {
  const code = redeemCode(sandbox, textField(fields, 'code'), 'shopee');
  if (code === null || code.mainAccount !== textField(fields, 'main_account_id'))
    return refuse(403, 'invalid_code', 'Invalid code, please check if the code is expired or has been used.');
  const { settings } = sandbox.state;
  const nowMs = sandbox.now();
  const shops = shopsOf(sandbox, 'shopee');
  const [access, refresh] = [randomHex(16), randomHex(16)];
  sandbox.state.mainGrants[refresh] = {
    clientId: code.clientId,
    account: MAIN_ACCOUNT,
    shops: shops.map((shop) => shop.key),
    used: [],
    expiresAtMs: nowMs + settings.shopeeRefreshTtlS * 1000,
    endsAtMs: nowMs + settings.shopeeGrantDays * 86_400_000,
  };
  sandbox.changed();
  return flat({
    access_token: access,
    refresh_token: refresh,
    expire_in: settings.shopeeAccessTtlS,
    shop_id_list: shops.map((shop) => shop.id),
    merchant_id_list: [],
    supplier_id_list: [],
    user_id_list: [],
    principal_id_list: [],
  });
}

/** The first refresh token of a main account, shown for one shop; null: it is no such token. */
export function refreshForShop(
  sandbox: Sandbox,
  exchange: Exchange,
  fields: Record<string, unknown>,
): Answer | null {
  const token = textField(fields, 'refresh_token');
  const main = Object.hasOwn(sandbox.state.mainGrants, token) ? sandbox.state.mainGrants[token] : undefined;
  if (main === undefined) return null;
  const key = textField(fields, 'shop_id');
  const shop = sandbox.state.shops[key];
  const refusal = refusedFor(sandbox, main, key);
  if (refusal !== null) return refusal;
  if (shop === undefined) return refuse(403, 'shop_no_linked', 'The shop is not linked to this partner.');
  main.used.push(key);
  const { clientId, endsAtMs } = main;
  const grant = createGrant(sandbox, { platform: 'shopee', shop, clientId, scopes: [], endsAtMs });
  exchange.grantId = grant.id;
  countExchange(grant, 0);
  return tokenAnswer(sandbox, issueShopeeTokens(sandbox, grant), {
    partner_id: Number(clientId),
    shop_id: Number(key),
  });
}

function refusedFor(sandbox: Sandbox, main: MainGrant, key: string): Answer | null {
  if (!main.shops.includes(key)) return refuse(403, 'error_auth', 'Invalid refresh_token.');
  if (main.used.includes(key)) return refuse(403, 'error_auth', 'Invalid refresh_token.');
  if (sandbox.now() >= main.expiresAtMs)
    return refuse(403, 'refresh_token_expired', 'The refresh_token has expired.');
  return null;
}
