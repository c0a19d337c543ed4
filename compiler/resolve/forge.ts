import type { Spec } from '../../schema/spec.ts';
import type { Forge } from '../model/platform.ts';
import { addressOf } from './ingress.ts';

/** Where jobs come from: the forge of the file, or the one that is at its `url` already. */
export function forgeOf(spec: Spec): Forge | undefined {
  const { forge } = spec;
  if (forge === undefined) return undefined;
  return {
    kind: forge.use,
    origin: '/forge',
    url: forge.url?.replace(/\/+$/, '') ?? addressOf(spec, forge.host).url,
    deployed: forge.url === undefined,
    token: forge.token,
  };
}
