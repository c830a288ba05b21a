// The small pieces every page is made of. They show what they are given and read nothing.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { exactly, fromNow, spoken, toneOf } from './words.ts';

export function Badge({ value }: { value: string }) {
  return <span class={`badge ${toneOf(value)}`}>{spoken(value)}</span>;
}

/** An instant in words, with the exact time on hover and for machines; a dash where there is none. */
export function When({ at }: { at: string | null | undefined }) {
  const nowMs = useNow();
  if (at === null || at === undefined) return <span class="soft">–</span>;
  return (
    <time dateTime={at} title={exactly(at)}>
      {fromNow(Date.parse(at), nowMs)}
    </time>
  );
}

/** The clock on screen; it ticks in one-second steps. */
export function useNow(): number {
  const [nowMs, tick] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => tick(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return nowMs;
}

export function Card(props: { title: string; aside?: ComponentChildren; children: ComponentChildren }) {
  return (
    <section class="card">
      <header>
        <h2>{props.title}</h2>
        {props.aside}
      </header>
      {props.children}
    </section>
  );
}

/** A table's head. What `numbers` names stands to the right, as its numbers do. */
export function Columns({ of, numbers = [] }: { of: readonly string[]; numbers?: readonly string[] }) {
  return (
    <thead>
      <tr>
        {of.map((name) => (
          <th key={name} scope="col" class={numbers.includes(name) ? 'number' : undefined}>
            {name}
          </th>
        ))}
      </tr>
    </thead>
  );
}

/** Facts by name. A fact that is null is left out. */
export function Facts({ of }: { of: readonly (readonly [string, ComponentChildren])[] }) {
  return (
    <dl>
      {of
        .filter(([, value]) => value !== null)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

export function Failure({ text }: { text: string | null }) {
  return text === null ? null : (
    <p class="notice bad" role="alert">
      {text}
    </p>
  );
}

/** Whether what is shown is as it is now. */
export function Freshness({ isRead, failure }: { isRead: boolean; failure: string | null }) {
  if (!isRead) return null;
  return failure === null ? (
    <span class="fresh good">Live</span>
  ) : (
    <span class="fresh warn">Not up to date; tried again by itself</span>
  );
}

/** What a page shows before its first answer. */
export function Reading() {
  return (
    <p class="soft" aria-busy="true">
      Reading…
    </p>
  );
}

/** The page's heading; takes the focus when the page is opened, so that a screen reader and the keyboard start there. */
export function Heading({ children, title }: { children: ComponentChildren; title: string }) {
  const ref = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Mooring`;
  }, [title]);
  useEffect(() => ref.current?.focus({ preventScroll: true }), []);
  return (
    <h1 ref={ref} tabIndex={-1}>
      {children}
    </h1>
  );
}

/** Text with a button that copies it. */
export function Copyable({ text, label }: { text: string; label: string }) {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [isCopied]);
  return (
    <span class="copyable">
      <code>{text}</code>
      <button
        type="button"
        class="small"
        aria-label={`Copy ${label}`}
        onClick={() => {
          void navigator.clipboard.writeText(text).then(() => setCopied(true));
        }}
      >
        {isCopied ? 'Copied' : 'Copy'}
      </button>
    </span>
  );
}
