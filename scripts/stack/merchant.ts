// A merchant at a browser, without a screen: follows links and redirects, keeps cookies, fills and sends forms. For the demo and for tests that
// need the real flow but not its looks.
import { type HTMLElement, parse } from 'node-html-parser';
import { CookieJar } from 'tough-cookie';

export interface Page {
  readonly url: string;
  readonly status: number;
  readonly html: HTMLElement;
  /** The visible text, for saying what went wrong. */
  readonly text: string;
}

export interface Merchant {
  open(url: string): Promise<Page>;
  /** Sends the first form that has a control named like one of `values`, or the one whose button reads like `button`. */
  send(page: Page, values: Readonly<Record<string, string>>, button?: RegExp): Promise<Page>;
}

const MOST_REDIRECTS = 10;

export function createMerchant(): Merchant {
  const jar = new CookieJar();
  return {
    open: (url) => visit(jar, url, { method: 'GET' }),
    send: (page, values, button) => {
      const form = chooseForm(page, values, button);
      const action = new URL(form.getAttribute('action') ?? page.url, page.url);
      const fields = new URLSearchParams({ ...defaultsOf(form, button), ...values });
      if ((form.getAttribute('method') ?? 'get').toLowerCase() === 'post') {
        return visit(jar, action.href, { method: 'POST', body: fields, referrer: page.url });
      }
      for (const [name, value] of fields) action.searchParams.set(name, value);
      return visit(jar, action.href, { method: 'GET' });
    },
  };
}

interface Sending {
  readonly method: 'GET' | 'POST';
  readonly body?: URLSearchParams;
  readonly referrer?: string;
}

async function visit(jar: CookieJar, url: string, sending: Sending, hops = 0): Promise<Page> {
  const cookie = await jar.getCookieString(url);
  const answer = await fetch(url, {
    method: sending.method,
    redirect: 'manual',
    headers: {
      accept: 'text/html',
      ...(cookie === '' ? {} : { cookie }),
      ...(sending.referrer === undefined ? {} : { origin: new URL(sending.referrer).origin }),
    },
    ...(sending.body === undefined ? {} : { body: sending.body }),
  });
  for (const set of answer.headers.getSetCookie()) await jar.setCookie(set, url, { ignoreError: true });
  const location = answer.headers.get('location');
  if (location !== null && answer.status >= 300 && answer.status < 400) {
    await answer.body?.cancel();
    if (hops === MOST_REDIRECTS) throw new Error(`more than ${MOST_REDIRECTS} redirects`);
    return await visit(jar, new URL(location, url).href, { method: 'GET' }, hops + 1);
  }
  const html = parse(await answer.text());
  const onward = refreshOf(html);
  if (onward !== null && hops < MOST_REDIRECTS) {
    return await visit(jar, new URL(onward, url).href, { method: 'GET' }, hops + 1);
  }
  return { url, status: answer.status, html, text: html.structuredText.trim() };
}

/** Where a page leads on to by itself, at once: `<meta http-equiv="refresh" content="0;url=…">`. */
function refreshOf(html: HTMLElement): string | null {
  const content = html.querySelector('meta[http-equiv=refresh]')?.getAttribute('content') ?? '';
  return /^0;\s*url=(.+)$/.exec(content)?.[1] ?? null;
}

function chooseForm(page: Page, values: Readonly<Record<string, string>>, button?: RegExp): HTMLElement {
  const forms = page.html.querySelectorAll('form');
  const names = Object.keys(values);
  const form =
    forms.find((one) => button !== undefined && buttonOf(one, button) !== undefined) ??
    forms.find((one) =>
      controlsOf(one).some((control) => names.includes(control.getAttribute('name') ?? '')),
    );
  if (form === undefined) throw new Error(`no such form on the page: ${page.text.slice(0, 300)}`);
  return form;
}

const controlsOf = (form: HTMLElement): readonly HTMLElement[] =>
  form.querySelectorAll('input, select, textarea');

function buttonOf(form: HTMLElement, button: RegExp): HTMLElement | undefined {
  const buttons = form.querySelectorAll('button, input[type=submit]');
  return buttons.find((one) => button.test(one.text.trim()) || button.test(one.getAttribute('value') ?? ''));
}

function defaultsOf(form: HTMLElement, button?: RegExp): Record<string, string> {
  const values: Record<string, string> = {};
  for (const control of controlsOf(form)) {
    const name = control.getAttribute('name');
    const type = control.getAttribute('type');
    if (name === undefined || type === 'submit') continue;
    if ((type === 'checkbox' || type === 'radio') && !control.hasAttribute('checked')) continue;
    values[name] = control.getAttribute('value') ?? '';
  }
  const pressed = button === undefined ? undefined : buttonOf(form, button);
  const name = pressed?.getAttribute('name');
  if (name !== undefined) values[name] = pressed?.getAttribute('value') ?? '';
  return values;
}
