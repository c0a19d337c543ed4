import type { Upgrade } from '../compiler/model/component.ts';
import { compareVersions, imageVersion } from '../compiler/model/image-version.ts';

export interface StoreImage {
  readonly use: string;
  readonly image: string;
}

type Version = readonly number[];

/**
 * Whether Valkey or Redis reads what either of them wrote. A server refuses a format that is newer than its own. Up to
 * Redis 7.2 and Valkey 8 it is one line of formats; from there each has its own, which the other does not read
 * (https://github.com/valkey-io/valkey/issues/645, https://github.com/valkey-io/valkey/pull/665,
 * https://github.com/HDT3213/rdb/pull/62).
 */
export function storeUpgrade(from: StoreImage, to: StoreImage): Upgrade {
  const [old, now] = [imageVersion(from.image), imageVersion(to.image)];
  if (old === undefined || now === undefined)
    return { kind: 'warning', reason: 'a tag says no version, and an older version does not read newer data' };
  if (!reads({ ...to, version: now }, { ...from, version: old })) {
    return {
      kind: 'refused',
      reason: `${nameOf(to, now)} does not read the data of ${nameOf(from, old)} and would not start`,
      steps: [
        `stay with ${nameOf(from, old)}, or with a cache that may be empty go without its data: remove its container and its volume by hand`,
      ],
    };
  }
  const isSame = formatOf(from.use, old) === formatOf(to.use, now);
  if (from.use === to.use && (old[0] === now[0] || (isSame && formatOf(to.use, now) !== undefined)))
    return { kind: 'fine' };
  return {
    kind: 'warning',
    reason: `from ${nameOf(from, old)} to ${nameOf(to, now)} the data are written anew in its own format and may not go back: back them up before`,
  };
}

interface Store {
  readonly use: string;
  readonly version: Version;
}

function reads(reader: Store, writer: Store): boolean {
  const [can, has] = [formatOf(reader.use, reader.version), formatOf(writer.use, writer.version)];
  if (has !== undefined) return can === undefined || has <= can;
  // Beyond the common formats each reads its own alone, and an older version not that of a newer one.
  return (
    reader.use === writer.use && can === undefined && compareVersions(writer.version.slice(0, 2), reader.version) <= 0
  );
}

/** Number of the common format that a version writes; undefined for those after. */
function formatOf(use: string, version: Version): number | undefined {
  const isBefore = (other: Version) => compareVersions(version, other) < 0;
  if (use === 'valkey') return isBefore([9]) ? 11 : undefined;
  if (isBefore([7])) return 9;
  if (isBefore([7, 2])) return 10;
  return isBefore([7, 3]) ? 11 : undefined;
}

function nameOf({ use }: StoreImage, version: Version): string {
  return `${use === 'valkey' ? 'Valkey' : 'Redis'} ${version.join('.')}`;
}
