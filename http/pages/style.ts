// The style sheet of the hosted pages. System fonts, both colour schemes, one column that fits a phone; AA contrast or better.

export const PAGE_CSS = `
:root { color-scheme: light dark; --ink: #16202c; --soft: #53606e; --line: #d5dbe2; --paper: #ffffff; --ground: #f2f4f7; --accent: #0b5cad; --accent-ink: #ffffff; --good: #17683a; --bad: #a3202b; --warn: #7a4f00; --tint: #eaf2fb; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8edf3; --soft: #a3b0be; --line: #39434f; --paper: #1a2028; --ground: #11151b; --accent: #7ab8f5; --accent-ink: #0c1a29; --good: #7fd6a0; --bad: #ff9aa2; --warn: #f0c36a; --tint: #1d2b3a; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 1.5rem 1rem 3rem; background: var(--ground); color: var(--ink); font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { overflow-wrap: anywhere; max-width: 34rem; margin: 0 auto; padding: 1.75rem 1.5rem; background: var(--paper); border: 1px solid var(--line); border-radius: 14px; }
.wide main { max-width: 72rem; }
footer { max-width: 34rem; margin: 1rem auto 0; color: var(--soft); font-size: .85rem; text-align: center; }
h1 { margin: 0 0 .5rem; font-size: 1.5rem; line-height: 1.25; letter-spacing: -.01em; }
h2 { margin: 1.75rem 0 .5rem; font-size: 1.05rem; }
p { margin: .5rem 0 1rem; }
.soft { color: var(--soft); }
label { display: block; margin: 1.1rem 0 .3rem; font-weight: 600; }
.help { margin: .15rem 0 .4rem; color: var(--soft); font-size: .9rem; }
input[type=text], input[type=password], input[type=search], textarea, select { width: 100%; padding: .7rem .8rem; font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--soft); border-radius: 8px; }
input[aria-invalid=true], textarea[aria-invalid=true], select[aria-invalid=true] { border-color: var(--bad); border-width: 2px; }
.error { margin: .3rem 0 0; color: var(--bad); font-size: .92rem; }
.notice { margin: 1rem 0; padding: .8rem 1rem; border-radius: 8px; border-left: 4px solid var(--accent); background: var(--tint); }
.notice.bad { border-left-color: var(--bad); background: color-mix(in srgb, var(--bad) 9%, var(--paper)); }
.notice.good { border-left-color: var(--good); background: color-mix(in srgb, var(--good) 9%, var(--paper)); }
button, .button { display: inline-block; min-height: 2.9rem; margin: 1.25rem .5rem 0 0; padding: .7rem 1.3rem; font: inherit; font-weight: 600; text-decoration: none; cursor: pointer; color: var(--accent-ink); background: var(--accent); border: 1px solid var(--accent); border-radius: 8px; }
button.quiet, .button.quiet { color: var(--accent); background: transparent; }
button.danger { color: var(--bad); background: transparent; border-color: var(--bad); }
a { color: var(--accent); }
td button { min-height: 0; margin: 0; padding: .2rem .7rem; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
ul.choices { list-style: none; margin: 1rem 0 0; padding: 0; display: grid; gap: .6rem; }
ul.choices a { display: flex; justify-content: space-between; align-items: center; padding: .95rem 1.1rem; font-weight: 600; text-decoration: none; color: inherit; border: 1px solid var(--line); border-radius: 10px; }
ul.choices a::after { content: "›"; color: var(--accent); font-size: 1.4rem; line-height: 1; }
ul.choices a:hover { border-color: var(--accent); background: var(--tint); }
ul.ways { list-style: none; margin: 1.25rem 0 0; padding: 0; display: grid; gap: .5rem; }
ul.plain { margin: .25rem 0 1rem; padding-left: 1.2rem; }
dl { display: grid; grid-template-columns: auto 1fr; gap: .3rem 1rem; margin: 1rem 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
.state { display: inline-block; white-space: nowrap; padding: .1rem .6rem; border-radius: 999px; border: 1px solid currentcolor; font-size: .85rem; font-weight: 600; }
.state.active { color: var(--good); }
.state.reauth_required, .state.revoked, .state.revoking { color: var(--bad); }
.state.degraded, .state.paused, .state.connecting { color: var(--warn); }
h2 code, dd code { overflow-wrap: anywhere; }
.row { display: flex; flex-wrap: wrap; align-items: flex-end; gap: .5rem; margin: .5rem 0 1rem; }
.row button { margin: 0; }
.row select { min-width: 12rem; }
.scroll { overflow-x: auto; }
details { margin-top: 1.5rem; }
summary { cursor: pointer; color: var(--soft); }
table { width: 100%; border-collapse: collapse; font-size: .93rem; }
th, td { overflow-wrap: normal; padding: .5rem .6rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
code { font-family: ui-monospace, SFMono-Regular, Menlo, monospace; font-size: .9em; }
[hidden] { display: none; }
@media (max-width: 30rem) { main { padding: 1.25rem 1rem; } button, .button { width: 100%; text-align: center; } .row > * { flex: 1 1 100%; }
  .stacked thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .stacked tr { display: block; padding: .75rem 0; border-bottom: 1px solid var(--line); }
  .stacked td { display: flex; flex-wrap: wrap; gap: .25rem .75rem; padding: .15rem 0; border: 0; overflow-wrap: anywhere; }
  .stacked td[data-label]::before { content: attr(data-label); flex: 0 0 8rem; color: var(--soft); }
  .stacked td:first-child { font-weight: 600; } .stacked td button { margin-top: .4rem; } }
@media (prefers-reduced-motion: no-preference) { button, .button, ul.choices a { transition: background .12s, border-color .12s; } }
`;
