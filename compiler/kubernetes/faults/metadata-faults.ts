import { pointerTo } from '../../model/pointer.ts';
import type { Place } from './place.ts';

const key = /^(?:(?=.{1,253}\/)[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const value = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;
const form = 'letters, digits, `-`, `_` and `.`, at most 63 of them, with a letter or digit at both ends';

/** Labels and annotations that no server takes, of an object or of the pods that it makes. */
export function metadataFaults(metadata: object | undefined, path: string): readonly Place[] {
  const { labels = {}, annotations = {} } = (metadata ?? {}) as Readonly<
    Record<'labels' | 'annotations', Readonly<Record<string, string>> | undefined>
  >;
  return [
    ...Object.entries(labels).flatMap(([name, text]) => {
      const at = pointerTo(path, 'labels', name);
      if (!key.test(name)) return [noKey(at, name)];
      return value.test(text) ? [] : [{ path: at, wrong: `'${text}' is no value of a label`, hint: `write ${form}` }];
    }),
    ...Object.keys(annotations).flatMap((name) =>
      key.test(name) ? [] : [noKey(pointerTo(path, 'annotations', name), name)],
    ),
  ];
}

function noKey(path: string, name: string): Place {
  return { path, wrong: `'${name}' is no key`, hint: `write ${form}; a domain and a slash may stand before it` };
}
