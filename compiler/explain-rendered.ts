import type { Range } from '../schema/diagnostic.ts';
import { madeOf } from './explain/made-of.ts';
import { compiled, type ExplainInput, readyOf, type Unknown, type Wrong } from './explain-input.ts';
import type { Platform } from './model/platform.ts';
import type { Rendered } from './model/target.ts';

/** One place of the file that is in a rendered object. */
export interface Place {
  readonly pointer: string;
  readonly what: string;
  readonly range: Range;
}

/** A rendered file, or one service of a Compose file. */
export interface RenderedFile {
  readonly kind: 'rendered';
  readonly path: string;
  readonly text: string;
  /** One for a Kubernetes object or a config, one for each service of a Compose file. */
  readonly objects: readonly {
    readonly kind: string;
    readonly name: string;
    /** Component whose page tells more; absent for objects of the whole platform. */
    readonly component?: string;
    /** The object itself first, then everything else in the order of the file. */
    readonly places: readonly Place[];
  }[];
}

/**
 * A rendered file, or a service of a Compose file, and every place of the platform file that made it.
 *
 * @param path with or without the folder it was rendered into
 * @param service key of a service of a Compose file; absent means all
 */
export async function explainRendered(
  input: ExplainInput,
  path: string,
  service?: string,
): Promise<RenderedFile | Unknown | Wrong> {
  const ready = await readyOf(input);
  if ('diagnostics' in ready) return { kind: 'wrong', diagnostics: ready.diagnostics };
  const { platform, rendered, diagnostics } = await compiled(input, ready.document);
  if (platform === undefined || rendered === undefined) return { kind: 'wrong', diagnostics };
  const manifest = rendered.manifests.find((each) => path === each.path || path.endsWith(`/${each.path}`));
  if (manifest === undefined) {
    return { kind: 'unknown', message: `${path} is not rendered from this file`, next: nextOf(path, rendered) };
  }
  const objects = objectsIn(manifest, rendered, platform).filter(
    ({ name }) => service === undefined || name === service,
  );
  if (objects.length === 0)
    return { kind: 'unknown', message: `${path} has no service ${service}`, next: 'leave it out to see all' };
  const { document } = ready;
  return {
    kind: 'rendered',
    path: manifest.path,
    text: manifest.text,
    objects: objects.map((object) => {
      const component = platform.workloads.find(({ id }) => id === object.workload)?.component;
      const [own, ...others] = madeOf(object, platform).map((part) => ({
        ...part,
        range: document.locate(part.pointer, 'key'),
      }));
      const apart = others.filter((place, at) => isApart(place, [...(own ? [own] : []), ...others.slice(0, at)]));
      apart.sort((a, b) => a.range.start.offset - b.range.start.offset);
      const { kind, name } = object;
      return {
        kind,
        name,
        places: [...(own ? [own] : []), ...apart],
        ...(component === undefined ? {} : { component }),
      };
    }),
  };
}

/** The files in the same folder, else a way to see all. */
function nextOf(path: string, { manifests }: Rendered): string {
  const folder = path.split('/').at(-2) ?? '';
  const beside = manifests.flatMap((each) => (each.path.split('/').at(-2) === folder ? [each.path] : []));
  return beside.length === 0 ? 'run `autogit compile -o -` to see what is rendered' : `there are ${beside.join(', ')}`;
}

/** What the file does not say leads to the part that it belongs to, which was named already. */
function isApart({ range }: Place, before: readonly Place[]): boolean {
  return before.every((other) => other.range.start.offset !== range.start.offset);
}

type Manifest = Rendered['manifests'][number];

function objectsIn({ id, kind, path, origin }: Manifest, { projects = [] }: Rendered, platform: Platform) {
  if (kind === 'compose') {
    const project = projects.find(({ folder }) => path === `${folder}/compose.yaml`);
    return Object.entries(project?.origins ?? {}).map(([name, from]) => ({ kind, name, workload: name, origin: from }));
  }
  const workload = /^(?:kubernetes|compose\/[^/]+\/configs)\/([^/]+)\//.exec(path)?.[1];
  const known = platform.workloads.some((each) => each.id === workload);
  const name = kind === 'config' ? (path.split('/').at(-1) ?? path) : (id.split('/').at(-1) ?? id);
  return [{ kind, name, origin, ...(known && workload !== undefined ? { workload } : {}) }];
}
