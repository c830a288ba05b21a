/** Shopee's token endpoints: codes of ten minutes, access of four hours, refresh tokens that work once. */
import { type Answer, bodyFields, type Exchange, textField } from '../exchange.ts';
import { countExchange, createGrant, findToken, isLive, issue, randomHex, redeemCode } from '../grants.ts';
import type { Sandbox } from '../sandbox.ts';
import type { Generation, Grant } from '../state.ts';
import { flat, refuse } from './answers.ts';
import { exchangeMainCode, refreshForShop } from './main-account.ts';

/** The access token before a refresh goes on working this long. */
const GRACE_MS = 5 * 60_000;

export function issueShopeeTokens(sandbox: Sandbox, grant: Grant): Generation {
  const { settings } = sandbox.state;
  const nowMs = sandbox.now();
  const before = grant.generations.at(-1);
  if (before !== undefined) {
    before.accessExpiresAtMs = Math.min(before.accessExpiresAtMs ?? nowMs, nowMs + GRACE_MS);
  }
  return issue(sandbox, grant, {
    access: randomHex(16),
    accessExpiresAtMs: nowMs + settings.shopeeAccessTtlS * 1000,
    refresh: randomHex(16),
    refreshExpiresAtMs: nowMs + settings.shopeeRefreshTtlS * 1000,
  });
}

export function tokenAnswer(sandbox: Sandbox, issued: Generation, more: Record<string, unknown>): Answer {
  return flat({
    access_token: issued.access,
    refresh_token: issued.refresh,
    expire_in: Math.round(((issued.accessExpiresAtMs ?? 0) - sandbox.now()) / 1000),
    ...more,
  });
}

export function exchangeCode(sandbox: Sandbox, exchange: Exchange): Answer {
  const fields = bodyFields(exchange);
  const wrong = wrongPartner(sandbox, exchange, fields);
  if (wrong !== null) return wrong;
  if ('main_account_id' in fields && 'shop_id' in fields)
    return refuse(400, 'error_param', 'Only one of shop_id and main_account_id may be given.');
  if ('main_account_id' in fields) return exchangeMainCode(sandbox, fields);
  const code = redeemCode(sandbox, textField(fields, 'code'), 'shopee');
  const shop = code === null ? undefined : sandbox.state.shops[code.shopKey];
  if (
    code === null ||
    code.mainAccount !== undefined ||
    shop === undefined ||
    textField(fields, 'shop_id') !== shop.key
  ) {
    return refuse(403, 'invalid_code', 'Invalid code, please check if the code is expired or has been used.');
  }
  const endsAtMs = sandbox.now() + sandbox.state.settings.shopeeGrantDays * 86_400_000;
  const grant = createGrant(sandbox, {
    platform: 'shopee',
    shop,
    clientId: code.clientId,
    scopes: [],
    endsAtMs,
  });
  exchange.grantId = grant.id;
  return tokenAnswer(sandbox, issueShopeeTokens(sandbox, grant), {
    shop_id_list: [shop.id],
    merchant_id_list: [],
    supplier_id_list: [],
    user_id_list: [],
    principal_id_list: [],
  });
}

export function refresh(sandbox: Sandbox, exchange: Exchange): Answer {
  const fields = bodyFields(exchange);
  const wrong = wrongPartner(sandbox, exchange, fields);
  if (wrong !== null) return wrong;
  const subjects = ['shop_id', 'merchant_id', 'supplier_id', 'user_id', 'principal_id'].filter(
    (name) => name in fields,
  );
  if (subjects.length !== 1)
    return refuse(400, 'error_param', 'Exactly one of shop_id, merchant_id and so on is needed.');
  const ofMain = refreshForShop(sandbox, exchange, fields);
  if (ofMain !== null) return ofMain;
  const found = findToken(sandbox, textField(fields, 'refresh_token'), 'refresh');
  if (found === null || found.grant.shopKey !== textField(fields, 'shop_id')) {
    return refuse(403, 'error_auth', 'Invalid refresh_token.');
  }
  const { grant, generation } = found;
  exchange.grantId = grant.id;
  const refusal = deadRefresh(sandbox, grant, generation);
  if (refusal !== null) {
    grant.refusedExchanges += 1;
    return refusal;
  }
  generation.refreshUsedAtMs = sandbox.now();
  countExchange(grant, generation.n);
  return tokenAnswer(sandbox, issueShopeeTokens(sandbox, grant), {
    partner_id: Number(grant.clientId),
    shop_id: Number(grant.shopKey),
  });
}

function deadRefresh(sandbox: Sandbox, grant: Grant, generation: Generation): Answer | null {
  if (grant.state === 'uninstalled') {
    grant.callsAfterEnd += 1;
    return refuse(403, 'shop_no_linked', 'The shop is not linked to this partner.');
  }
  if (!isLive(sandbox, grant))
    return refuse(403, 'shop_access_expired', 'The authorization of the shop has expired.');
  if (generation.refreshUsedAtMs !== null) return refuse(403, 'error_auth', 'Invalid refresh_token.');
  const expiresAtMs = generation.refreshExpiresAtMs;
  if (expiresAtMs !== null && sandbox.now() >= expiresAtMs) {
    return refuse(403, 'refresh_token_expired', 'The refresh_token has expired.');
  }
  return null;
}

function wrongPartner(sandbox: Sandbox, exchange: Exchange, fields: Record<string, unknown>): Answer | null {
  const { clientId } = sandbox.state.apps.shopee;
  if (exchange.method !== 'POST') return refuse(405, 'error_param', 'POST only.');
  return textField(fields, 'partner_id') === clientId
    ? null
    : refuse(400, 'error_param', 'partner_id of the body is wrong.');
}
