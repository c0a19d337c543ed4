import { parseImage } from '../../compiler/model/image-reference.ts';
import { compareVersions, imageVersion } from '../../compiler/model/image-version.ts';
import { pointerTo } from '../../compiler/model/pointer.ts';
import type { Finding } from '../../schema/diagnostic.ts';

/**
 * Oldest version that everything is served by: from 3.6.4 on Traefik answered 400 to `%2F` in a path, which forges use in
 * their API, and 3.6.7 took that back (https://doc.traefik.io/traefik/migrate/v3/). Static files of the second major
 * version are other ones.
 */
const oldest = [3, 6, 7] as const;
/** First version that removes headers which a back end may take for other ones. */
const removesAliases = [3, 7, 12] as const;
/** Of the image when the file names none. */
const defaultImageRemoves = true;

/** An image that says to be Traefik and an older one. What bears another name counts its versions as it likes. */
export function versionFindings(image: string | undefined, origin: string): readonly Finding[] {
  if (image === undefined || parseImage(image)?.repository.split('/').at(-1) !== 'traefik') return [];
  const version = imageVersion(image);
  if (version === undefined || compareVersions(version, oldest) >= 0) return [];
  return [
    {
      code: 'AG450',
      pointer: pointerTo(origin, 'image'),
      message: `Traefik ${version.join('.')} is older than ${oldest.join('.')}, the first that serves every path and reads all that is rendered`,
      hint: `name \`traefik:v${oldest.join('.')}\` or later, or remove \`image\` for the one of this version`,
    },
  ];
}

/** Whether an image has the setting that removes headers which a back end may take for other ones. */
export function knowsAliases(image: string | undefined): boolean {
  if (image === undefined) return defaultImageRemoves;
  const version = imageVersion(image);
  return version !== undefined && version.length === 3 && compareVersions(version, removesAliases) >= 0;
}
