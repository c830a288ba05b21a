// The pages before an approval: which platform, which shop, what is asked for. Labels before fields, help beside them, errors beside
// the field they are about.
import type { CredentialField, Platform } from '../../domain/platform.ts';
import type { Permission } from '../../domain/resource.ts';
import type { ConnectionListRow } from '../../store/connections-list.ts';
import type { Approach } from '../approval.ts';
import { textRecord } from '../schemas/connections.ts';
import { html, layout, type Markup } from './layout.ts';
import { adviceFor } from './outcome.ts';

export function choosePage(of: { tenant: string; platforms: readonly Platform[] }): string {
  return layout({
    title: 'Connect your shop',
    body: html`<h1>Connect your shop to ${of.tenant}</h1>
      <p class="soft">${of.platforms.length === 0 ? `${of.tenant} cannot connect any platform yet. Ask where you got this link.` : 'Which platform does your shop run on?'}</p>
      <nav aria-label="Platforms"><ul class="choices">${of.platforms.map(
        (one) => html`<li><a href="?platform=${one.id}">${one.name}</a></li>`,
      )}</ul></nav>`,
  });
}

export interface FormPage {
  readonly tenant: string;
  readonly approach: Approach;
  readonly connection: ConnectionListRow | null;
  readonly permissions: readonly Permission[];
  readonly canChoose: boolean;
  /** field name → what is wrong with it */
  readonly errors: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, string>>;
  readonly failure?: string;
}

export function formPage(page: FormPage): string {
  const { approach, tenant, connection } = page;
  const { platform } = approach;
  const isReconnect = connection !== null && connection.generation > 0;
  const title = isReconnect ? `Reconnect ${shopText(connection)}` : `Connect your ${platform.name} shop`;
  return layout({
    title: page.failure === undefined ? title : `Problem: ${title}`,
    body: html`<h1>${title}</h1>
      <p class="soft">${tenant} asks to connect to your shop on ${platform.name}.</p>
      ${failureNotice(page)}
      <form method="post" action="?">
        <input type="hidden" name="platform" value="${platform.id}">
        <input type="hidden" name="way" value="${approach.method.credentialKind}">
        ${isReconnect ? html`${shopFacts(connection)}${newAddress(page, connection)}` : platform.shop.map((field) => shopInput(field, page))}
        ${approach.kind === 'pasted' ? approach.obtain.fields.map((field) => credentialInput(field, page)) : null}
        ${permissionList(tenant, page.permissions)}
        <button type="submit">${approach.kind === 'browser' ? `Continue to ${platform.name}` : 'Connect'}</button>
        ${page.canChoose ? html`<a class="button quiet" href="?">Another platform</a>` : null}
      </form>
      ${alternatives(page.approach)}`,
  });
}

export function leavingPage(of: { platform: string; url: string }): string {
  return layout({
    title: `Continue to ${of.platform}`,
    refresh: { afterS: 0, to: of.url },
    body: html`<h1>Continue to ${of.platform}</h1>
      <p role="status">You approve the connection there, at <strong>${new URL(of.url).host}</strong>, and come back here.</p>
      <a class="button" id="continue" href="${of.url}" rel="noreferrer">Continue</a>`,
  });
}

const VERBS = { read: 'See', write: 'Change' } as const;

/** In words, one line a permission. */
export function permissionText(permission: Permission): string {
  const [resource = '', access] = permission.split(':');
  return `${access === 'write' ? VERBS.write : VERBS.read} ${resource}`;
}

export function permissionList(tenant: string, permissions: readonly Permission[]): Markup {
  return html`<h2>What ${tenant} will be able to do</h2>
    <ul class="plain">${permissions.map((one) => html`<li>${permissionText(one)}</li>`)}</ul>
    <p class="soft">Nothing else. You can disconnect at any time.</p>`;
}

export function shopText(connection: ConnectionListRow): string {
  return (
    connection.shopName ?? Object.values(textRecord(connection.shop))[0] ?? connection.shopKey ?? 'your shop'
  );
}

function shopFacts(connection: ConnectionListRow): Markup {
  return html`<dl><dt>Shop</dt><dd>${shopText(connection)}</dd></dl>`;
}

/** The known address, changed where the shop has moved; open when what was entered was wrong. */
function newAddress(page: FormPage, connection: ConnectionListRow): Markup | null {
  const fields = page.approach.platform.shop.filter((field) => field.optional !== true);
  if (fields.length === 0) return null;
  const isWrong = fields.some(({ name }) => page.errors[name] !== undefined);
  const values = { ...textRecord(connection.shop), ...page.values };
  return html`<details${isWrong ? html` open` : null}><summary>The shop has a new address</summary>
    ${fields.map((field) => shopInput(field, { ...page, values }))}
  </details>`;
}

function shopInput(field: Platform['shop'][number], page: FormPage): Markup {
  return input({
    name: field.name,
    label: field.optional === true ? `${field.label} (optional)` : field.label,
    help:
      field.choices === undefined
        ? `${field.help.replace(/\.?$/, '.')} Example: ${field.example}`
        : field.help,
    type: 'text',
    ...(field.choices === undefined ? {} : { choices: field.choices }),
    value: page.values[field.name] ?? '',
    error: page.errors[field.name],
    isRequired: field.optional !== true,
  });
}

function credentialInput(field: CredentialField, page: FormPage): Markup {
  return input({
    name: field.name,
    label: field.optional === true ? `${field.label} (optional)` : field.label,
    help: field.help,
    type: field.form === undefined ? (field.secret ? 'password' : 'text') : 'file',
    value: field.secret ? '' : (page.values[field.name] ?? ''),
    error: page.errors[field.name],
    isRequired: field.optional !== true,
  });
}

interface Input {
  readonly name: string;
  readonly label: string;
  readonly help: string;
  /** file: the text of one, several lines of it. */
  readonly type: 'text' | 'password' | 'file';
  readonly value: string;
  /** A closed list, chosen from instead of typed. */
  readonly choices?: NonNullable<Platform['shop'][number]['choices']>;
  readonly error: string | undefined;
  readonly isRequired: boolean;
}

function input(field: Input): Markup {
  const described =
    field.error === undefined ? `${field.name}-help` : `${field.name}-error ${field.name}-help`;
  const attributes = html`id="${field.name}" name="${field.name}" aria-describedby="${described}"
      autocomplete="off" autocapitalize="none" spellcheck="false" ${field.isRequired ? html`required` : null}
      ${field.error === undefined ? null : html`aria-invalid="true"`}`;
  return html`<label for="${field.name}">${field.label}</label>
    <p class="help" id="${field.name}-help">${field.help}</p>
    ${control(field, attributes)}
    ${field.error === undefined ? null : html`<p class="error" id="${field.name}-error">${field.label} ${field.error}</p>`}`;
}

function control({ type, value, choices }: Input, attributes: Markup): Markup {
  if (choices !== undefined)
    return html`<select ${attributes}><option value="">Choose</option>${choices.map(
      (one) =>
        html`<option value="${one.value}"${one.value === value ? html` selected` : null}>${one.label}</option>`,
    )}</select>`;
  if (type === 'file') return html`<textarea rows="6" ${attributes}>${value}</textarea>`;
  return html`<input type="${type}" value="${value}" ${attributes}>`;
}

function failureNotice(page: FormPage): Markup | null {
  if (page.failure === undefined) return null;
  const [title, advice] =
    Object.keys(page.errors).length > 0 ? ['Please check what you entered', ''] : adviceFor(page.failure);
  return html`<div class="notice bad" role="alert"><strong>${title}</strong> ${advice}</div>`;
}

function alternatives({ alternatives: others, platform }: Approach): Markup | null {
  if (others.length === 0) return null;
  return html`<ul class="ways">${others.map(({ obtain, credentialKind }) => {
    const text =
      'fields' in obtain
        ? `Enter ${obtain.fields.map(({ label }) => label).join(' and ')} by hand instead`
        : `Approve at ${platform.name} instead`;
    return html`<li><a href="?platform=${platform.id}&amp;way=${credentialKind}&amp;again=1">${text}</a></li>`;
  })}</ul>`;
}
