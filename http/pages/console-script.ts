// The operator page's script, as text: it runs in the browser, not here. Builds nodes by textContent alone, never by markup.

export const CONSOLE_JS = `'use strict';
const el = (id) => document.getElementById(id);
const store = window.sessionStorage;
let cursor = null;

function node(name, text, attributes) {
  const made = document.createElement(name);
  if (text !== undefined && text !== null) made.textContent = String(text);
  for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
  return made;
}

async function api(method, path) {
  const answer = await fetch(path, { method, headers: { authorization: 'Bearer ' + store.getItem('mooring-key'), ...(method === 'POST' && path.endsWith('/sync') ? { 'content-type': 'application/json' } : {}) }, ...(method === 'POST' && path.endsWith('/sync') ? { body: '{}' } : {}) });
  const body = answer.status === 204 ? null : await answer.json();
  if (!answer.ok) throw new Error(body && body.detail ? body.code + ': ' + body.detail : 'HTTP ' + answer.status);
  return body;
}

function say(text, isBad) {
  el('message').textContent = text;
  el('message').className = isBad ? 'notice bad' : text ? 'notice' : '';
}

const when = (text) => (text ? text.slice(0, 16).replace('T', ' ') : '–');

async function list(more) {
  const state = el('filter').value;
  const query = new URLSearchParams({ limit: '50' });
  if (state) query.set('state', state);
  if (more && cursor) query.set('cursor', cursor);
  try {
    const page = await api('GET', '/v1/connections?' + query);
    if (!more) el('rows').replaceChildren();
    for (const one of page.data) el('rows').append(row(one));
    cursor = page.nextCursor;
    el('more').hidden = cursor === null;
    el('login').hidden = true;
    el('fleet').hidden = false;
    say(page.data.length === 0 && !more ? 'No connections.' : '');
  } catch (error) {
    el('fleet').hidden = false;
    say(error.message, true);
    if (String(error.message).startsWith('unauthenticated')) forget();
  }
}

function row(one) {
  const line = node('tr');
  const shop = one.shop.name || one.shop.key || Object.values(one.shop.values)[0] || '–';
  const state = node('td');
  state.append(node('span', one.state.replaceAll('_', ' '), { class: 'state ' + one.state }));
  const open = node('button', 'Why?', { type: 'button', class: 'quiet', 'aria-label': 'Why is ' + shop + ' ' + one.state });
  open.addEventListener('click', () => show(one.id, shop));
  const last = node('td');
  last.append(node('code', one.id), document.createTextNode(' '), open);
  state.dataset.label = 'State';
  const cell = (name, text) => node('td', text, { 'data-label': name });
  line.append(node('td', shop), cell('Platform', one.platform), state, cell('Last sync', when(one.sync.lastAt)), cell('Expires', when(one.credential.expiresAt)), last);
  return line;
}

async function show(id, shop) {
  const box = el('one');
  box.replaceChildren(node('p', 'Reading…'));
  try {
    const found = await api('GET', '/v1/connections/' + id + '/diagnosis');
    const title = node('h2', shop + ' ');
    title.append(node('code', id));
    box.replaceChildren(title, node('p', found.because));
    box.scrollIntoView({ block: 'nearest' });
    const facts = node('dl');
    for (const [name, value] of [['State', found.state.replaceAll('_', ' ')], ['What helps', found.action === 'none' ? 'nothing needed' : found.action.replaceAll('_', ' ')], ['Who must act', found.actor], ...(found.nextTryAt ? [['Next try', when(found.nextTryAt) + ' UTC']] : [])]) facts.append(node('dt', name), node('dd', value));
    box.append(facts);
    if (found.reconnectUrl) {
      const link = node('p', 'Link for the merchant: ');
      link.append(node('a', found.reconnectUrl, { href: found.reconnectUrl, rel: 'noreferrer' }));
      box.append(link);
    }
    const commands = { connecting: [], revoking: [], revoked: [], abandoned: [], reauth_required: [], paused: ['refresh', 'resume'] };
    for (const command of commands[found.state] || ['sync', 'refresh', 'pause']) {
      const button = node('button', LABELS[command], { type: 'button', class: 'quiet' });
      button.addEventListener('click', () => run(id, shop, command));
      box.append(button);
    }
    const evidence = node('ul', null, { class: 'plain' });
    for (const one of found.evidence) evidence.append(node('li', when(one.at) + ' · ' + one.what + (one.detail ? ' · ' + one.detail : '')));
    box.append(node('h2', 'Evidence'), evidence);
  } catch (error) {
    box.replaceChildren(node('p', error.message, { class: 'notice bad', role: 'alert' }));
  }
}

const LABELS = { sync: 'Sync now', refresh: 'Refresh the credential', pause: 'Pause', resume: 'Resume' };

async function run(id, shop, command) {
  try {
    const answer = await api('POST', '/v1/connections/' + id + '/' + command);
    await list(false);
    await show(id, shop);
    say(LABELS[command] + ': ' + (answer.outcome ? answer.outcome.replaceAll('_', ' ') : 'accepted'));
  } catch (error) {
    say(error.message, true);
  }
}

function forget() {
  store.removeItem('mooring-key');
  el('login').hidden = false;
}

el('login').addEventListener('submit', (event) => {
  event.preventDefault();
  store.setItem('mooring-key', el('key').value.trim());
  el('key').value = '';
  list(false);
});
el('filter').addEventListener('change', () => list(false));
el('again').addEventListener('click', () => list(false));
el('more').addEventListener('click', () => list(true));
el('leave').addEventListener('click', () => { forget(); el('fleet').hidden = true; });
if (store.getItem('mooring-key')) list(false);
`;
