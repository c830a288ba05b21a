// The frame of every page of ours, and the template tag that escapes whatever is put into one. No script, no third party, one style
// sheet. Text that came from outside is never markup.

/** Markup that is safe to put into a page as it is. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

type Part = string | number | Markup | null | readonly Markup[];

/** Escapes every value but markup made by this tag. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  let text = strings[0] ?? '';
  for (const [at, part] of parts.entries()) text += render(part) + (strings[at + 1] ?? '');
  return new Markup(text);
}

function render(part: Part): string {
  if (part === null) return '';
  if (part instanceof Markup) return part.text;
  if (typeof part === 'string' || typeof part === 'number') return escapeHtml(String(part));
  return part.map((one) => one.text).join('');
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}

export interface PageFrame {
  readonly title: string;
  readonly body: Markup;
  readonly wide?: boolean;
  /** Leads on by itself, without a script: after so many seconds, to this address. */
  readonly refresh?: { readonly afterS: number; readonly to: string };
}

export function layout(frame: PageFrame): string {
  const refresh =
    frame.refresh === undefined
      ? null
      : html`<meta http-equiv="refresh" content="${String(frame.refresh.afterS)};url=${frame.refresh.to}">`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
${refresh}
<title>${frame.title}</title>
<link rel="stylesheet" href="/assets/page.css">
<link rel="icon" href="data:,">
</head>
<body${frame.wide === true ? new Markup(' class="wide"') : null}>
<main>${frame.body}</main>
<footer>Connections kept by Mooring</footer>
</body>
</html>
`.text;
}
