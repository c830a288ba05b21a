import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ERRORS } from '../../domain/errors.ts';
import { startApi, type TestApi } from './api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

describe('the documents', () => {
  it('docs/errors.md and /problems name every code', async () => {
    const page = await api.call('GET', '/problems', { key: null });
    const file = await readFile('docs/errors.md', 'utf8');
    for (const [code, rule] of Object.entries(ERRORS)) {
      expect(file).toContain(`| \`${code}\` | ${rule.status} | ${rule.title} |`);
      expect(page.text).toContain(`id="${code}"`);
    }
  });

  it('the client has types for every route of the OpenAPI document', async () => {
    const { body } = await api.call('GET', '/openapi.json', { key: null });
    const types = await readFile('client/openapi.d.ts', 'utf8');
    for (const path of Object.keys(body.paths))
      expect(types, 'run npm run openapi').toContain(`"${path}": {`);
    for (const name of Object.keys(body.components.schemas)) expect(types).toContain(`${name}: `);
  });

  it('the reference is served whole by us: no script, style or font of another host', async () => {
    const page = await api.call('GET', '/docs/', { key: null });
    expect(page.status).toBe(200);
    const sources = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map((found) => found[1] ?? '');
    expect(sources.filter((one) => /^(https?:)?\/\//.test(one))).toEqual([]);
    const script = sources.find((one) => one.endsWith('.js')) ?? '';
    const bundle = await api.call('GET', new URL(script, 'http://h/docs/').pathname, { key: null });
    expect(bundle.text.length).toBeGreaterThan(500_000);
    expect(String(page.headers['content-security-policy'])).toContain("default-src 'none'");
  });

  it('the probes and the metrics name no tenant', async () => {
    const tenantId = await api.tenant();
    await api.call('POST', '/v1/connections', {
      body: {
        tenantId,
        platform: 'cedar',
        shop: { url: 'https://m.example' },
        credential: { apiKey: 'sk_abcd1' },
      },
    });
    expect((await api.call('GET', '/healthz', { key: null })).body).toEqual({ status: 'ok' });
    expect((await api.call('GET', '/readyz', { key: null })).body).toEqual({ status: 'ok' });
    const metrics = await api.call('GET', '/metrics', { key: null });
    expect(metrics.text).toContain('mooring_connections{platform="cedar",state="connecting"} 1');
    expect(metrics.text).not.toContain('ten_');
  });

  it('the console is a page, a style and a script of ours alone, without a key, and no code in the page', async () => {
    const page = await api.call('GET', '/console', { key: null });
    const sources = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map((found) => found[1] ?? '');
    expect(sources).toEqual(['/console/console.css', 'data:,', '/console/console.js']);
    expect(page.text).not.toMatch(/<script[^>]*>[^<]|<style|\son[a-z]+=/);
    expect(String(page.headers['content-security-policy'])).toContain("script-src 'self';");
    expect(String(page.headers['content-security-policy'])).not.toContain('unsafe');
    const script = await api.call('GET', '/console/console.js', { key: null });
    expect(script.text).toContain('/v1/fleet');
    const again = await api.call('GET', '/console/console.js', {
      key: null,
      headers: { 'if-none-match': String(script.headers['etag']) },
    });
    expect(again).toMatchObject({ status: 304, text: '' });
  });

  it('a platform is described by the way it offers first, and by every way', async () => {
    const { body } = await api.call('GET', '/v1/platforms/cedar');
    expect(body).toMatchObject({
      id: 'cedar',
      auth: { obtain: 'pasted', renew: 'none', sign: [{ scheme: expect.any(String) }] },
      authMethods: [{ credentialKind: expect.any(String), obtain: 'pasted' }],
      shop: [
        { name: 'url', label: expect.any(String), pattern: expect.any(String), help: expect.any(String) },
      ],
      credential: [{ name: 'apiKey', secret: true }],
    });
  });
});
