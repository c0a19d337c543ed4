import { createHash, randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { sha256 } from '../../compiler/model/sha256.ts';

it('gives the digests of the standard', () => {
  const of = (text: string) => sha256(Buffer.from(text));
  expect(of('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  expect(of('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

it('agrees with OpenSSL for every length around the blocks, and for large inputs', () => {
  for (const length of [...Array(300).keys(), 4095, 65_536, 1_000_003]) {
    const bytes = randomBytes(length);
    expect(sha256(bytes), `${length} bytes`).toBe(createHash('sha256').update(bytes).digest('hex'));
  }
});
