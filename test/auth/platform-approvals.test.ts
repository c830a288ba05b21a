// What becomes of an approval at our own platforms: what is sent for it, what is read of the answer, and what refuses before anything is sent.
import { describe, expect, test } from 'vitest';
import { obtainCredential } from '../../auth/index.ts';
import type { Json } from '../../domain/platform.ts';
import { NOW_MS, platformOf, play } from './exchanging.ts';

describe('obtaining', () => {
  const context = (
    id: string,
    shop: Record<string, string>,
    approval: Record<string, string>,
    json: Json,
    status = 200,
  ) => {
    const client = { id: '2001887', secret: 'shh' };
    const answers = [{ status, body: json }];
    const { context, asked } = play({ platform: platformOf(id), shop, client, approval, answers });
    return { context, sent: asked };
  };

  test('Shopee: the shop is what the approval says', async () => {
    const json = { access_token: 'a', refresh_token: 'r', expire_in: 14_400, error: '' };
    const { context: of, sent } = context('shopee', {}, { code: 'c', shop_id: '14701711', state: 's' }, json);
    const obtained = await obtainCredential(of, 'authorization_code');
    expect(obtained.shop).toEqual({ shopId: '14701711' });
    expect(JSON.parse(sent[0]?.body ?? '')).toEqual({
      code: 'c',
      partner_id: 2_001_887,
      shop_id: 14_701_711,
    });
  });

  test('Shopee: a reconnect approved for another shop is a mismatch, and no code is sent', async () => {
    const { context: of, sent } = context(
      'shopee',
      { shopId: '1' },
      { code: 'c', shop_id: '2', state: 's' },
      {},
    );
    await expect(obtainCredential(of, 'authorization_code')).rejects.toMatchObject({ code: 'shop_mismatch' });
    expect(sent).toEqual([]);
  });

  test('Shopify: an unsigned callback sends no code', async () => {
    const parameters = {
      code: 'c',
      shop: 'a.myshopify.com',
      state: 's',
      timestamp: String(NOW_MS / 1_000),
      hmac: 'ab',
    };
    const { context: of, sent } = context('shopify', { shop: 'a.myshopify.com' }, parameters, {});
    await expect(obtainCredential(of, 'authorization_code')).rejects.toMatchObject({
      code: 'invalid_callback',
    });
    expect(sent).toEqual([]);
  });

  test('a code that is not taken is a rejected credential, not a dead grant', async () => {
    const { context: of } = context(
      'shopee',
      {},
      { code: 'c', shop_id: '1', state: 's' },
      { error: 'invalid_code', message: '' },
    );
    await expect(obtainCredential(of, 'authorization_code')).rejects.toMatchObject({
      code: 'credential_rejected',
    });
  });

  test('WooCommerce: the posted keys are the credential, and expire never', async () => {
    const posted = { user_id: 'n', consumer_key: 'ck_1', consumer_secret: 'cs_1', key_permissions: 'read' };
    const { context: of } = context('woocommerce', { url: 'https://s.example' }, posted, null);
    expect(await obtainCredential(of, 'key_handshake')).toMatchObject({
      kind: 'consumer_key',
      parts: { consumerKey: 'ck_1', consumerSecret: 'cs_1' },
      expiresAtMs: null,
    });
  });

  test('Medusa: a wrong password is a rejected credential', async () => {
    const fields = { email: 'a@b.example', password: 'p' };
    const { context: of } = context(
      'medusa',
      { url: 'https://m.example' },
      fields,
      { message: 'Unauthorized' },
      401,
    );
    await expect(obtainCredential(of, 'pasted')).rejects.toMatchObject({ code: 'credential_rejected' });
  });
});
