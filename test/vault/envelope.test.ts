import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SealBinding } from '../../domain/sealing.ts';
import { decrypt, encrypt } from '../../vault/aes-gcm.ts';
import { encodeCanonically, openEnvelope, readKeyVersion, sealEnvelope } from '../../vault/envelope.ts';

const KEY = Buffer.alloc(32, 7);
const BINDING: SealBinding = { owner: 'ten_a', subject: 'con_a', kind: 'oauth', generation: 3 };

const bytes = fc.uint8Array({ maxLength: 300 });
const binding = fc.record({
  owner: fc.string().map((text) => `ten_${text}` as const),
  subject: fc.string(),
  kind: fc.string(),
  generation: fc.nat(),
});

describe('a sealed envelope', () => {
  it('opens to what was sealed, whatever that was', () => {
    fc.assert(
      fc.property(bytes, binding, fc.nat(), (plain, bound, version) => {
        const sealed = sealEnvelope(KEY, version, bound, plain);
        expect(readKeyVersion(sealed)).toBe(version);
        expect(openEnvelope(KEY, version, bound, sealed)).toEqual(Buffer.from(plain));
      }),
    );
  });

  it('does not open when any single bit of it was changed', () => {
    const sealed = sealEnvelope(KEY, 1, BINDING, Buffer.from('secret'));
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const version = readKeyVersion(changed);
      expect(version === null ? null : openEnvelope(KEY, version, BINDING, changed)).toBeNull();
    }
  });

  it('does not open when it was cut short or lengthened', () => {
    const sealed = sealEnvelope(KEY, 1, BINDING, Buffer.from('secret'));
    for (let length = 0; length < sealed.length; length++) {
      expect(openEnvelope(KEY, 1, BINDING, sealed.subarray(0, length))).toBeNull();
    }
    expect(openEnvelope(KEY, 1, BINDING, Buffer.concat([sealed, Buffer.alloc(1)]))).toBeNull();
  });

  it.each<[string, SealBinding]>([
    ['another tenant', { ...BINDING, owner: 'ten_b' }],
    ['the installation', { ...BINDING, owner: 'installation' }],
    ['another connection', { ...BINDING, subject: 'con_b' }],
    ['another kind', { ...BINDING, kind: 'api_key' }],
    ['another generation', { ...BINDING, generation: 4 }],
    ['texts cut at another place', { ...BINDING, subject: 'con_aoauth', kind: '' }],
    ['another case', { ...BINDING, kind: 'OAuth' }],
  ])('does not open for %s', (_why, other) => {
    const sealed = sealEnvelope(KEY, 1, BINDING, Buffer.from('secret'));
    expect(openEnvelope(KEY, 1, other, sealed)).toBeNull();
  });

  it('does not open with another data key or under another version of it', () => {
    const sealed = sealEnvelope(KEY, 1, BINDING, Buffer.from('secret'));
    expect(openEnvelope(Buffer.alloc(32, 8), 1, BINDING, sealed)).toBeNull();
    expect(openEnvelope(KEY, 2, BINDING, sealed)).toBeNull();
  });

  it('never repeats an IV or a ciphertext', () => {
    const seen = new Set<string>();
    for (let turn = 0; turn < 5_000; turn++) {
      const sealed = sealEnvelope(KEY, 1, BINDING, Buffer.alloc(0));
      seen.add(sealed.subarray(8, 20).toString('hex'));
    }
    expect(seen.size).toBe(5_000);
  });

  it('takes nothing and 4 MiB alike', () => {
    for (const plain of [Buffer.alloc(0), Buffer.alloc(4 * 1024 * 1024, 9)]) {
      const opened = openEnvelope(KEY, 1, BINDING, sealEnvelope(KEY, 1, BINDING, plain));
      expect(opened?.equals(plain)).toBe(true);
    }
  });
});

describe('AES-256-GCM', () => {
  it('reads the test vector of the GCM specification (test case 16)', () => {
    const key = Buffer.from('feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308', 'hex');
    const plain = Buffer.from(
      'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39',
      'hex',
    );
    const aad = Buffer.from('feedfacedeadbeeffeedfacedeadbeefabaddad2', 'hex');
    const body =
      '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662';
    const sealed = Buffer.from(`cafebabefacedbaddecaf888${body}76fc6ece0f4e1768cddf8853bb2d551b`, 'hex');
    expect(decrypt(key, sealed, aad)).toEqual(plain);
    sealed[sealed.length - 1] = 0;
    expect(decrypt(key, sealed, aad)).toBeNull();
  });

  it('takes no tag shorter than 128 bits', () => {
    const iv = Buffer.alloc(12, 1);
    const cipher = createCipheriv('aes-256-gcm', KEY, iv, { authTagLength: 12 });
    const body = Buffer.concat([cipher.update('secret'), cipher.final()]);
    expect(decrypt(KEY, Buffer.concat([iv, body, cipher.getAuthTag()]), Buffer.alloc(0))).toBeNull();
  });

  it('binds the additional data', () => {
    const sealed = encrypt(KEY, Buffer.from('x'), Buffer.from('a'));
    expect(decrypt(KEY, sealed, Buffer.from('b'))).toBeNull();
    expect(decrypt(KEY, sealed, Buffer.alloc(0))).toBeNull();
  });
});

it('no two lists of texts have the same canonical encoding', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), fc.array(fc.string()), (one, other) => {
      const same = encodeCanonically(one).equals(encodeCanonically(other));
      expect(same).toBe(JSON.stringify(one) === JSON.stringify(other));
    }),
  );
});
