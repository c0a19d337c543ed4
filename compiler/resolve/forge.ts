import type { Spec } from '../../schema/spec.ts';
import type { Catalog } from '../model/component.ts';
import type { Forge } from '../model/platform.ts';
import { addressOf } from './address.ts';

/** Where jobs come from: the forge of the file, or the one that is at its `url` already. Not every forge gives any. */
export function forgeOf(spec: Spec, catalog: Catalog): Forge | undefined {
  const { forge } = spec;
  if (forge === undefined || !('token' in forge)) return undefined;
  return {
    kind: forge.use,
    origin: '/forge',
    url: forge.url?.replace(/\/+$/, '') ?? addressOf(spec, catalog, forge.host).url,
    deployed: forge.url === undefined,
    token: forge.token,
  };
}
