import type { Finding } from '../../schema/diagnostic.ts';
import { parseImage } from '../model/image-reference.ts';
import type { Platform, Workload } from '../model/platform.ts';
import { pointerTo } from '../model/pointer.ts';

/** A Service and a host name are DNS labels (RFC 1123). */
const longestLabel = 63;
/** A StatefulSet's pods bear a label of its name, a dash and up to ten characters, which again has 63 at most. */
const longestWorkload = 52;
/** RFC 1035, 2.3.4, in its text form. */
const longestHostname = 253;
/** github.com/distribution/reference, NameTotalLengthMax: a longer repository is refused by every engine. */
const longestRepository = 255;

/** Names that the platform's objects would have, and that are too long for an engine. */
export function checkNames({ name, workloads, volumes, routes }: Platform): readonly Finding[] {
  return [
    ...workloads.flatMap(({ id, origin }) => tooLong(`${name}-${id}`, longestWorkload, origin)),
    ...volumes.flatMap(({ id, origin }) => tooLong(`${name}-${id}`, longestLabel, origin)),
    ...workloads.flatMap(longImage),
    ...routes.flatMap(({ hostname, origin }) => tooLong(hostname, longestHostname, origin, 'value')),
  ];
}

function longImage({ image, origin, component }: Workload): readonly Finding[] {
  const { registry = '', repository = '' } = parseImage(image) ?? {};
  const pointer = component === 'service' ? pointerTo(origin, 'image') : origin;
  return tooLong(`${registry}/${repository}`, longestRepository, pointer, 'value');
}

function tooLong(text: string, longest: number, pointer: string, at: 'key' | 'value' = 'key'): readonly Finding[] {
  if (text.length <= longest) return [];
  return [
    {
      code: 'AG407',
      pointer,
      at,
      message: `the name '${text}' has ${text.length} characters, and ${longest} are allowed`,
      hint: 'shorten this name or that of the platform',
    },
  ];
}
