/** The page where a merchant approves our app: each platform's colours, plainly marked as the sandbox. */
import { type Answer, type Exchange, html } from './exchange.ts';
import type { Sandbox } from './sandbox.ts';
import type { Shop } from './state.ts';

export type Decision = 'approve' | 'deny';

export interface ApprovalPage {
  platform: string;
  colour: string;
  shopName: string;
  appName: string;
  asks: string[];
  /** Shops to choose from, where the platform asks for the shop here. */
  choose?: { name: string; label: string }[];
}

/** What the merchant decided: in the form, in the address (`_approve`), or by control's setting; null: ask. */
export function decisionOf(sandbox: Sandbox, exchange: Exchange, shop: Shop | null): Decision | null {
  const form = new URLSearchParams(exchange.method === 'POST' ? exchange.bodyText : '');
  const said = form.get('decision') ?? { '1': 'approve', '0': 'deny' }[exchange.query.get('_approve') ?? ''];
  const setting = shop?.approval ?? sandbox.state.settings.approval;
  const decision = said ?? setting;
  return decision === 'approve' || decision === 'deny' ? decision : null;
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** The form posts to the address it came from, so that it works behind any host or prefix. */
export function approvalPage(page: ApprovalPage): Answer {
  const asks = page.asks.map((ask) => `<li>${escapeHtml(ask)}</li>`).join('');
  const choices = (page.choose ?? []).map(
    ({ name, label }, i) =>
      `<label><input type="radio" name="shop" value="${escapeHtml(name)}"${i === 0 ? ' checked' : ''}> ${escapeHtml(label)}</label><br>`,
  );
  return html(
    200,
    pageText(
      `${page.platform} (sandbox): connect ${page.appName}`,
      page.colour,
      `<p class="mark">${escapeHtml(page.platform)} · sandbox, not the real platform</p>
<h1>${escapeHtml(page.appName)} wants to connect to ${escapeHtml(page.shopName)}</h1>
<p>It asks for:</p><ul>${asks}</ul>
<form method="post">${choices.join('')}
<button name="decision" value="approve">Approve</button>
<button name="decision" value="deny" class="quiet">Deny</button></form>`,
    ),
  );
}

export function messagePage(status: number, title: string, text: string): Answer {
  return html(
    status,
    pageText(
      title,
      '#555',
      `<p class="mark">sandbox</p><h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p>`,
    ),
  );
}

function pageText(title: string, colour: string, body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title><style>
body{font:16px/1.5 system-ui,sans-serif;max-width:32rem;margin:8vh auto;padding:0 1rem;color:#222}
.mark{border-left:.5rem solid ${colour};padding:.2rem .6rem;background:#f4f4f4}
button{font:inherit;padding:.5rem 1.2rem;border:1px solid ${colour};border-radius:.4rem;background:${colour};color:#fff}
.quiet{background:#fff;color:#222}</style><main>${body}</main></html>`;
}
