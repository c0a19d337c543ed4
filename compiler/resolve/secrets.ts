import type { SecretSource, Spec } from '../../schema/spec.ts';
import { sortedById } from '../model/order.ts';
import type { Secret } from '../model/platform.ts';
import { pointerTo } from '../model/pointer.ts';

/** Secret that holds the forge's API token when the file names no other. */
export const forgeTokenId = 'forge-token';

/**
 * Every secret, sorted by id: those of the file, and those that components need between themselves. A secret of the
 * file takes the place of an implied one with the same id, so that a value can come from elsewhere.
 */
export function secretsOf(spec: Spec, implied: readonly Secret[]): readonly Secret[] {
  const declared = Object.entries(spec.secrets).map(
    ([id, source]): Secret => ({ id, origin: pointerTo('/secrets', id), source: sourceOf(source) }),
  );
  const token: readonly Secret[] =
    spec.forge !== undefined && 'token' in spec.forge && spec.forge.token === forgeTokenId
      ? [{ id: forgeTokenId, origin: '/forge', source: { kind: 'env', variable: 'AUTOGIT_FORGE_TOKEN' } }]
      : [];
  const secrets = new Map<string, Secret>();
  for (const secret of [...implied, ...token, ...declared]) secrets.set(secret.id, secret);
  return sortedById([...secrets.values()]);
}

function sourceOf({ env, file, generate, sops, kubernetes }: SecretSource): Secret['source'] {
  if (env !== undefined) return { kind: 'env', variable: env };
  if (file !== undefined) return { kind: 'file', path: file };
  if (kubernetes !== undefined) return { kind: 'kubernetes', ...kubernetes };
  if (sops !== undefined) {
    const hash = sops.indexOf('#');
    return { kind: 'sops', path: sops.slice(0, hash), pointer: sops.slice(hash + 1) };
  }
  return { kind: 'generate', length: generate?.length ?? 32 };
}
