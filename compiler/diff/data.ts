import type { Catalog } from '../model/component.ts';
import type { Workload } from '../model/platform.ts';
import { type DataWriter, takeoverCode, takeoverOf } from '../model/takeover.ts';
import type { RenderedWorkload } from './rendered.ts';
import type { Risk, Side } from './report.ts';

/** What becomes of the data of one workload. */
export interface DataVerdict {
  readonly effects: readonly string[];
  readonly steps: readonly string[];
  readonly risks: readonly Risk[];
}

export interface DataInput {
  readonly id: string;
  readonly before: Side;
  readonly after: Side;
  /** What was rendered of it before, where that differs. */
  readonly rendered: RenderedWorkload | undefined;
  readonly old: Workload | undefined;
  readonly now: Workload;
  readonly catalog: Catalog;
}

const nothing: DataVerdict = { effects: [], steps: [], risks: [] };

/** What the component says about its data and another image; of containers that keep none nothing is asked. */
export function dataVerdict(input: DataInput): DataVerdict {
  const { catalog, now, after } = input;
  const writer = writerOf(input);
  if (writer === undefined || !now.stateful) return nothing;
  const moved = movedData(input);
  if (moved !== undefined) return moved;
  const volumes = volumesOf(now);
  // What a volume of a service under another name means is told with the volume.
  if (!volumes.some((volume) => writer.volumes.includes(volume)))
    return now.component === 'service' ? nothing : startedAnew(writer.volumes, volumes);
  const verdict = takeoverOf(catalog)(writer, now);
  if (verdict.kind === 'fine') return nothing;
  if (verdict.kind === 'warning') return { effects: [verdict.reason], steps: [], risks: ['data'] };
  const accepted = after.platform?.accept[takeoverCode];
  if (accepted !== undefined)
    return { effects: [verdict.reason, `done all the same: ${accepted}`], steps: [], risks: ['data'] };
  return { effects: [verdict.reason], steps: verdict.steps, risks: ['refused', 'data'] };
}

interface KnownWriter extends DataWriter {
  /** Ids of the volumes that it writes. */
  readonly volumes: readonly string[];
}

/** Of a side that is files alone, the image and the volumes stand in what was rendered. */
function writerOf({ id, before, old, rendered }: DataInput): KnownWriter | undefined {
  if (old !== undefined)
    return old.stateful ? { image: old.image, component: old.component, volumes: volumesOf(old) } : undefined;
  if (before.platform !== undefined || rendered === undefined) return undefined;
  return writerInCompose(rendered) ?? writerInKubernetes(rendered, id);
}

function volumesOf({ mounts }: Workload): readonly string[] {
  return mounts.flatMap((mount) => (mount.kind === 'volume' && !mount.readOnly ? [mount.volume] : []));
}

/** A folder that a person edited may hold anything. */
type Loose = { readonly [Key in string]?: unknown } | undefined;

function writerInCompose({ compose }: RenderedWorkload): KnownWriter | undefined {
  const image = compose?.service.image;
  if (typeof image !== 'string') return undefined;
  const volumes = listIn(compose?.service.volumes).flatMap((mount) =>
    typeof mount?.source === 'string' && mount.read_only !== true ? [mount.source] : [],
  );
  return { image, volumes };
}

/** A claim has the key of its volume for a name: `data` of volume `forge-data`. */
function writerInKubernetes({ objects }: RenderedWorkload, id: string): KnownWriter | undefined {
  const set = [...objects.values()].find(({ kind }) => kind === 'StatefulSet');
  const template = set?.spec?.template as Loose;
  const [container] = listIn((template?.spec as Loose)?.containers);
  if (typeof container?.image !== 'string') return undefined;
  const claims = listIn(set?.spec?.volumeClaimTemplates).flatMap(({ metadata } = {}) => {
    const name = (metadata as Loose)?.name;
    return typeof name === 'string' ? [`${id}-${name}`] : [];
  });
  return { image: container.image, volumes: claims };
}

function listIn(value: unknown): readonly Loose[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'object' && each !== null) : [];
}

function startedAnew(old: readonly string[], now: readonly string[]): DataVerdict {
  if (old.length === 0 || now.length === 0) return nothing;
  const effects = [`begins with an empty volume: what it has in ${old.join(', ')} stays there`];
  return {
    effects,
    steps: [`bring back into ${now.join(', ')} what it needs, from a backup`],
    risks: ['data', 'by-hand'],
  };
}

/** A component goes to a database by itself as soon as the file has one, and does not take along what it has. */
function movedData({ id, before, after, catalog, now }: DataInput): DataVerdict | undefined {
  if (now.component === 'service' || before.platform === undefined || after.platform === undefined) return undefined;
  const [old, next] = [databaseOf(before, id, catalog), databaseOf(after, id, catalog)];
  if (old === next) return undefined;
  const left = old === undefined ? 'its volume' : old;
  return {
    effects: [`begins with an empty database: what it has in ${left} stays there`],
    steps: [`move its data from ${left}, or leave it where it is: a light forge does with \`database: sqlite\``],
    risks: ['data', 'by-hand'],
  };
}

function databaseOf({ platform }: Side, id: string, catalog: Catalog): string | undefined {
  const databases = platform?.workloads.filter(({ component }) =>
    catalog.some(({ use, role }) => use === component && role === 'database'),
  );
  return databases?.find((each) => platform?.links.some(({ from, to }) => from === id && to === each.id))?.id;
}
