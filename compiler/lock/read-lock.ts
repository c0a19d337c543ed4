import type { Finding, Pointer } from '../../schema/diagnostic.ts';
import type { Document, Value } from '../../schema/document.ts';
import { isDigest, parseImage } from '../model/image-reference.ts';
import { isMap } from '../model/is-map.ts';
import type { Lock, LockedImage } from '../model/lock.ts';
import { pointerTo } from '../model/pointer.ts';

export const writeAnew = '`autogit lock update` writes it anew';
const code = 'AG423';

/**
 * The values of a lock, or everything that is wrong with them; pointers are into the lock. Nothing of a lock with a
 * mistake is used: a pin that is passed over would be an image nobody chose.
 */
export function readLock({ tree }: Document): { readonly lock?: Lock; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const { version, images, ...others } = tree;
  if (version !== 1) return { findings: [wrongVersion(version)] };
  for (const key of Object.keys(others)) {
    findings.push({ ...wrong(`/${key}`, `the lock knows no key '${key}'`), at: 'key' });
  }
  if (!isMap(images)) return { findings: [...findings, wrong('/images', 'the lock has no map of `images`')] };
  const entries = Object.entries(images).map(([image, value]) => {
    const read = entryOf(image, value, pointerTo('/images', image));
    findings.push(...read.findings);
    return [image, read.locked] as const;
  });
  if (findings.length > 0) return { findings };
  return { lock: { images: Object.fromEntries(entries) as Lock['images'] }, findings };
}

function wrongVersion(version: Value | undefined): Finding {
  if (typeof version === 'number' && version > 1) {
    const message = `the lock has version ${version}, this AutoGit reads version 1`;
    return { code, pointer: '/version', message, hint: 'use the AutoGit that wrote it, or a newer one' };
  }
  return wrong('/version', 'the lock does not begin with `version: 1`');
}

interface Entry {
  readonly locked?: LockedImage;
  readonly findings: readonly Finding[];
}

function entryOf(image: string, value: Value, pointer: Pointer): Entry {
  const name = parseImage(image);
  if (name === undefined) return { findings: [{ ...wrong(pointer, `'${image}' is no name of an image`), at: 'key' }] };
  if (value === 'local') return { locked: { kind: 'local' }, findings: [] };
  if (!isMap(value)) return { findings: [wrong(pointer, `the entry of ${image} is neither a map nor \`local\``)] };
  const { digest, platforms, ...others } = value;
  const findings = Object.keys(others).map((key): Finding => {
    return { ...wrong(pointerTo(pointer, key), `the entry of ${image} knows no key '${key}'`), at: 'key' };
  });
  if (!isDigest(digest)) findings.push(wrong(pointerTo(pointer, 'digest'), `the digest of ${image} ${notOne}`));
  else if (name.digest !== undefined && name.digest !== digest) {
    findings.push(wrong(pointerTo(pointer, 'digest'), `${image} names one digest and its entry another`));
  }
  if (!isMap(platforms) || Object.keys(platforms).length === 0) {
    findings.push(wrong(pointerTo(pointer, 'platforms'), `the entry of ${image} names no platform`));
  }
  for (const [platform, manifest] of Object.entries(isMap(platforms) ? platforms : {})) {
    const place = pointerTo(pointer, 'platforms', platform);
    if (!/^linux\/[a-z0-9]+(?:\/[a-z0-9.]+)?$/.test(platform)) {
      findings.push({ ...wrong(place, `'${platform}' is no platform such as linux/amd64`), at: 'key' });
    }
    if (!isDigest(manifest)) findings.push(wrong(place, `the digest of ${image} for ${platform} ${notOne}`));
  }
  if (findings.length > 0) return { findings };
  return {
    locked: { kind: 'pinned', digest: digest as string, platforms: platforms as Readonly<Record<string, string>> },
    findings,
  };
}

const notOne = 'is not `sha256:` and 64 lower-case hex digits';

function wrong(pointer: Pointer, message: string): Finding {
  return { code, pointer, message, hint: writeAnew };
}
