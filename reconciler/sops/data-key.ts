import { fail, ok, type Result } from '../model/result.ts';
import type { SopsMetadata } from './metadata.ts';

/**
 * The key that the values are encrypted with, by the first age key that fits.
 * @param file for sentences: `secrets.enc.yaml`
 * @param from where the keys came from, for sentences
 */
export async function unwrapDataKey(
  { age, others }: SopsMetadata,
  keys: readonly string[],
  { file, from }: { readonly file: string; readonly from: string },
): Promise<Result<Uint8Array>> {
  if (age.length === 0) {
    const by = others.length === 0 ? 'for nobody' : `for ${others.join(' and ')} and not for age`;
    return fail(
      'rejected',
      `${file} is encrypted ${by}; add an age recipient to .sops.yaml and run: sops updatekeys ${file}`,
    );
  }
  const { armor, Decrypter, identityToRecipient } = await import('age-encryption');
  const mine = await recipientsOf(keys, identityToRecipient);
  if (!mine.ok) return fail('rejected', `a key in ${from} has a typing error (its checksum is wrong); copy it again`);
  const decrypter = new Decrypter();
  for (const key of keys) decrypter.addIdentity(key);
  let damage = false;
  for (const { enc } of age) {
    try {
      const key = await decrypter.decrypt(armor.decode(enc));
      if (key.length === 32) return ok(key);
      damage = true;
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('no identity matched'))) damage = true;
    }
  }
  if (damage)
    return fail('rejected', `the encrypted key inside ${file} is damaged; restore the file from an earlier commit`);
  return fail(
    'unauthorized',
    `${file} is encrypted for ${age.map(({ recipient }) => recipient).join(', ')}, and ${from} has the key of ${mine.value.join(', ')}; add that to .sops.yaml and run: sops updatekeys ${file}`,
  );
}

async function recipientsOf(
  keys: readonly string[],
  toRecipient: (key: string) => Promise<string>,
): Promise<Result<readonly string[]>> {
  try {
    return ok(await Promise.all(keys.map(toRecipient)));
  } catch {
    return fail('rejected', 'no age key');
  }
}
