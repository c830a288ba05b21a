/** The approval half of an authorization code grant, as strict as RFC 6749 and 9700 let a server be; what differs is the platform's rules. */
import { createHash } from 'node:crypto';
import { approvalPage, type Decision, decisionOf, messagePage } from './approval-page.ts';
import { isRegisteredRedirect } from './apps.ts';
import { type Answer, type Exchange, redirect, withQuery } from './exchange.ts';
import { createCode, sameText } from './grants.ts';
import type { Sandbox } from './sandbox.ts';
import { chosenShop, shopsOf } from './shops.ts';
import type { Code, PlatformName, Shop } from './state.ts';

export interface ApprovalRules {
  readonly platform: PlatformName;
  readonly title: string;
  readonly colour: string;
  /** The parameters' names, where they are not RFC 6749's. */
  readonly names?: { readonly clientId?: string; readonly redirectUri?: string; readonly code?: string };
  /** What the client id parameter must be; nothing: the app's client id; null: it stands in the path and was checked. */
  readonly clientId?: string | null;
  readonly responseType?: boolean;
  /** Where the browser goes back: what was asked for, if registered so; or the address the app has registered. */
  readonly redirectMatch: 'exact' | 'origin' | 'registered' | 'name';
  readonly stateNeeded?: boolean;
  /** Null: the platform has no scope parameter, and `scopes` are what the app was given. */
  readonly scope: { readonly separator: string; readonly known: RegExp; readonly needed?: boolean } | null;
  readonly scopes?: readonly string[];
  readonly pkce: 'required' | 'offered' | 'none';
  /** Stands before each code; letters that only arrive when the caller decodes what came. */
  readonly codePrefix?: string;
  /** What goes back beside code and state. */
  callback?(shop: Shop, scopes: readonly string[]): Record<string, string>;
  /** What goes back when the merchant says no; null: nothing does, a page says so. */
  readonly denied: Record<string, string> | null;
  /** The shop stands in the address. */
  readonly shop?: Shop;
}

interface Asked {
  redirectUri: string;
  scopes: string[];
  challenge: string | null;
}

/** The page, or after the decision the way back with a code. */
export function answerApproval(sandbox: Sandbox, exchange: Exchange, rules: ApprovalRules): Answer {
  const asked = readAsked(sandbox, exchange, rules);
  if (typeof asked === 'string') return messagePage(400, 'Authorization error', asked);
  const shop = rules.shop ?? chosenShop(sandbox, exchange, rules.platform);
  const decision = decisionOf(sandbox, exchange, shop);
  if (decision === null) return page(sandbox, rules, shop, asked);
  const params = decided(sandbox, rules, shop, { asked, decision });
  if (params === null) return messagePage(200, 'Not authorized', 'You may close this page.');
  const state = exchange.query.get('state');
  return redirect(withQuery(asked.redirectUri, state === null ? params : { ...params, state }));
}

function decided(
  sandbox: Sandbox,
  rules: ApprovalRules,
  shop: Shop,
  { asked, decision }: { asked: Asked; decision: Decision },
): Record<string, string> | null {
  if (decision === 'deny') return rules.denied;
  const scopes =
    shop.grantOnly === null ? asked.scopes : asked.scopes.filter((one) => shop.grantOnly?.includes(one));
  const code = codeFor(sandbox, shop, { ...asked, scopes, prefix: rules.codePrefix ?? '' });
  return { [rules.names?.code ?? 'code']: code, ...rules.callback?.(shop, scopes) };
}

/** A single-use code for a shop, bound to what it was asked with. */
export function codeFor(
  sandbox: Sandbox,
  shop: Shop,
  asked: { redirectUri?: string; scopes: string[]; challenge?: string | null; prefix?: string },
): string {
  const app = sandbox.state.apps[shop.platform];
  const { redirectUri, scopes, challenge, prefix } = asked;
  const code: Omit<Code, 'used' | 'expiresAtMs'> = {
    platform: shop.platform,
    shopKey: shop.key,
    clientId: app.clientId,
    scopes,
    ...(redirectUri === undefined ? {} : { redirectUri }),
    ...(challenge === null || challenge === undefined ? {} : { challenge }),
  };
  return createCode(sandbox, code, app.codeTtlS, prefix);
}

function page(sandbox: Sandbox, rules: ApprovalRules, shop: Shop, asked: Asked): Answer {
  const choose = shopsOf(sandbox, rules.platform).map((one) => ({
    name: one.key,
    label: `${one.name} · ${one.key}`,
  }));
  return approvalPage({
    platform: rules.title,
    colour: rules.colour,
    shopName: rules.shop === undefined ? 'your shop' : shop.name,
    appName: 'Mooring',
    asks: asked.scopes.length > 0 ? asked.scopes : ['Orders', 'Products', 'Customers', 'Inventory'],
    ...(rules.shop === undefined ? { choose } : {}),
  });
}

/** What was asked, checked; a sentence where something is wrong, shown and never sent back. */
function readAsked(sandbox: Sandbox, { query }: Exchange, rules: ApprovalRules): Asked | string {
  const app = sandbox.state.apps[rules.platform];
  const clientIdName = rules.names?.clientId ?? 'client_id';
  if (rules.clientId !== null && query.get(clientIdName) !== (rules.clientId ?? app.clientId))
    return `${clientIdName} is unknown`;
  if (rules.responseType !== false && query.get('response_type') !== 'code')
    return 'response_type must be code';
  if (rules.stateNeeded === true && !query.get('state')) return 'state is missing';
  const redirectUri = redirectOf(sandbox, query, rules);
  if (redirectUri === null) return 'the redirect address is not registered';
  const scopes = scopesOf(query, rules);
  if (scopes === null) return 'a scope is missing or unknown';
  const challenge = query.get('code_challenge');
  if (rules.pkce === 'none' || (rules.pkce === 'offered' && challenge === null))
    return { redirectUri, scopes, challenge: null };
  if (query.get('code_challenge_method') !== 'S256') return 'code_challenge_method must be S256';
  if (challenge === null || !/^[A-Za-z0-9_-]{43}$/.test(challenge))
    return 'code_challenge is not that of S256';
  return { redirectUri, scopes, challenge };
}

function redirectOf(sandbox: Sandbox, query: URLSearchParams, rules: ApprovalRules): string | null {
  const app = sandbox.state.apps[rules.platform];
  const given = query.get(rules.names?.redirectUri ?? 'redirect_uri');
  const registered = app.redirectUris.find((one) => one !== 'loopback') ?? null;
  if (rules.redirectMatch === 'name') return given === app.names['ruName'] ? registered : null;
  if (given === null || given === '') return rules.redirectMatch === 'registered' ? registered : null;
  const match = rules.redirectMatch === 'origin' ? 'origin' : 'exact';
  return isRegisteredRedirect(app, given, match) ? given : null;
}

function scopesOf(query: URLSearchParams, rules: ApprovalRules): string[] | null {
  if (rules.scope === null) return [...(rules.scopes ?? [])];
  const { separator, known, needed } = rules.scope;
  const scopes = (query.get('scope') ?? '').split(separator).filter((scope) => scope !== '');
  if (scopes.length === 0 && needed !== false) return null;
  return scopes.every((scope) => known.test(scope)) ? scopes : null;
}

/** RFC 7636: the verifier of the challenge the code was given for. Without a challenge there must be no verifier. */
export function verifierFits(code: Code, verifier: string): boolean {
  if (code.challenge === undefined) return verifier === '';
  if (!/^[A-Za-z0-9._~-]{43,128}$/.test(verifier)) return false;
  return sameText(createHash('sha256').update(verifier, 'ascii').digest('base64url'), code.challenge);
}
