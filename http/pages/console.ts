// The operator page's markup; console-script.ts fills it.
import { html, layout, Markup } from './layout.ts';

const BODY = html`<h1>Connections</h1>
<form id="login" class="login"><label for="key">API key</label>
<p class="help">Kept in this tab until you close it, and sent to this API alone.</p>
<input type="password" id="key" name="key" autocomplete="off" spellcheck="false" required>
<button type="submit">Open</button></form>
<section id="fleet" hidden>
<div class="row"><div><label for="filter">State</label>
<select id="filter"><option value="">all</option><option>active</option><option>degraded</option><option>paused</option>
<option>reauth_required</option><option>connecting</option><option>revoking</option><option>revoked</option><option>abandoned</option></select></div>
<button type="button" class="quiet" id="again">Read again</button> <button type="button" class="quiet" id="leave">Forget the key</button></div>
<p id="message" role="status"></p>
<div class="scroll"><table class="stacked"><thead><tr><th>Shop</th><th>Platform</th><th>State</th><th>Last sync (UTC)</th><th>Credential expires (UTC)</th><th>Connection</th></tr></thead>
<tbody id="rows"></tbody></table></div>
<button type="button" class="quiet" id="more" hidden>More</button>
<section id="one" aria-live="polite"></section>
</section>
<noscript>This page needs JavaScript. Everything on it can be done with the API and with npx mooring.</noscript>`;

export const CONSOLE_HTML = layout({ title: 'Mooring console', wide: true, body: BODY }).replace(
  '</body>',
  new Markup('<script src="/assets/console.js" defer></script></body>').text,
);
