// The page a Problem's `type` leads to: every code, what it means, and who acts. Made of the one table of errors.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { ERRORS } from '../../domain/errors.ts';
import type { HttpDeps } from '../deps.ts';
import { html, layout } from '../pages/layout.ts';
import { sendPage } from '../security-headers.ts';

export const problemRoutes =
  (_deps: HttpDeps): FastifyPluginAsyncZod =>
  async (app) => {
    const rows = Object.entries(ERRORS).map(
      ([
        code,
        rule,
      ]) => html`<tr id="${code}"><th scope="row"><code>${code}</code></th><td>${String(rule.status)}</td>
        <td>${rule.title}</td><td>${rule.actor}</td><td>${rule.retry ? 'yes' : 'no'}</td></tr>`,
    );
    const page = layout({
      title: 'Problems',
      wide: true,
      body: html`<h1>Problems</h1><p>Every error code of the API. A code is stable and never reused.</p>
        <table><thead><tr><th>Code</th><th>Status</th><th>Meaning</th><th>Who acts</th><th>Retry may help</th></tr></thead>
        <tbody>${rows}</tbody></table>`,
    });
    app.get('/problems', { config: { access: 'public' }, schema: { hide: true } }, (_request, reply) =>
      sendPage(reply, 200, page),
    );
  };
