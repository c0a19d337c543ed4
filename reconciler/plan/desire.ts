import type { ComposeProject, ComposeService } from '../../compiler/model/compose-project.ts';
import type { Platform } from '../../compiler/model/platform.ts';
import type { ContainerSpec, ContainerUnit, Desired, NetworkUnit, Unit, VolumeUnit } from '../model/desired.ts';
import { containerSpec, durationMs } from './container-spec.ts';
import { compareText, digestOf } from './digest.ts';
import { type Fingerprints, filesUnits } from './files-units.ts';

export interface DesireInput {
  /** Commit id, or `file:<sha256>`. */
  readonly revision: string;
  readonly platform: Platform;
  /** What the compiler rendered for Compose; none for a platform whose target is Kubernetes. */
  readonly projects: readonly ComposeProject[];
  readonly fingerprints: Fingerprints;
}

/** What should exist on the hosts, from what was rendered and reviewed. Same input, same digests. */
export function desire(input: DesireInput): Desired {
  const units = input.projects.flatMap((project) => unitsOf(project, input));
  return {
    revision: input.revision,
    platform: input.platform,
    units: units.sort((a, b) => compareText(a.id, b.id)),
  };
}

function unitsOf(project: ComposeProject, input: DesireInput): readonly Unit[] {
  const services = Object.keys(project.model.services).flatMap((key) => {
    const files = filesUnits(project, key, input.fingerprints);
    const container = containerUnit(project, key, containerSpec(project.model, serviceOf(project, key), files), input);
    return [...files, container];
  });
  return [...networkUnits(project), ...volumeUnits(project, input.platform), ...services];
}

function serviceOf(project: ComposeProject, key: string) {
  const service = project.model.services[key];
  if (service === undefined) throw new TypeError(`the rendered project has no service ${key}`);
  return service;
}

function networkUnits(project: ComposeProject): readonly NetworkUnit[] {
  return Object.entries(project.model.networks).map(([key, network]) => {
    const internal = network.internal === true;
    return {
      kind: 'network',
      id: `network/${project.host}/${key}`,
      host: project.host,
      name: network.name,
      digest: digestOf({ internal }),
      origin: '',
      key,
      internal,
    };
  });
}

function volumeUnits(project: ComposeProject, platform: Platform): readonly VolumeUnit[] {
  const made = Object.entries(project.model.volumes).filter(([, volume]) => volume.external !== true);
  return made.map(([key, volume]) => ({
    kind: 'volume',
    id: `volume/${project.host}/${key}`,
    host: project.host,
    name: volume.name,
    // Nothing that the file says about a volume changes how it is made, so its digest never changes.
    digest: digestOf({}),
    origin: platform.volumes.find(({ id }) => id === key)?.origin ?? '',
    key,
  }));
}

function containerUnit(project: ComposeProject, key: string, spec: ContainerSpec, input: DesireInput): ContainerUnit {
  return {
    kind: 'container',
    id: `container/${project.host}/${key}`,
    host: project.host,
    name: `${project.model.name}-${key}-1`,
    digest: containerDigest(spec, input.fingerprints),
    origin: project.origins[key] ?? '',
    key,
    service: key,
    spec,
    replace: replacementOf(spec),
    needs: Object.entries(serviceOf(project, key).depends_on ?? {})
      .map(([service, { condition }]) => ({
        unit: `container/${project.host}/${service}`,
        condition: conditions[condition],
      }))
      .sort((a, b) => compareText(a.unit, b.unit)),
    ...jobOf(serviceOf(project, key)),
    ...externalVolumes(project, key),
  };
}

const conditions = {
  service_started: 'started',
  service_healthy: 'healthy',
  service_completed_successfully: 'done',
} as const;

function jobOf({ 'x-autogit-job': job }: ComposeService): Pick<ContainerUnit, 'job'> {
  if (job === undefined) return {};
  const { at, timezone = 'UTC', timeout } = job;
  return {
    job: {
      at: at === 'once' ? { kind: 'once' } : { kind: 'cron', fields: at, timezone },
      timeoutMs: durationMs(timeout),
    },
  };
}

/** Volumes of others: the engine would make a missing one in silence, empty. */
function externalVolumes(project: ComposeProject, key: string): Pick<ContainerUnit, 'externalVolumes'> {
  const { volumes } = project.model;
  const names = (serviceOf(project, key).volumes ?? []).flatMap(({ type, source }) => {
    const volume = type === 'volume' ? volumes[source] : undefined;
    return volume?.external === true ? [volume.name] : [];
  });
  return names.length === 0 ? {} : { externalVolumes: [...new Set(names)].sort(compareText) };
}

/**
 * Over the spec alone: a new version of AutoGit that adds an optional field leaves every digest as it was, because
 * absent fields are not part of canonical JSON. Values of secrets count through their fingerprints.
 */
function containerDigest(spec: ContainerSpec, fingerprints: Fingerprints): string {
  const environment = Object.fromEntries(
    Object.entries(spec.environment).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : { ...value, fingerprint: fingerprints[value.secret] ?? '' },
    ]),
  );
  return digestOf({ ...spec, environment });
}

/** Two copies may run side by side only when no host port, device or data that both write is in the way. */
function replacementOf(spec: ContainerSpec): ContainerUnit['replace'] {
  const { ports, mounts, hostNetwork, devices, gpus } = spec;
  const isAlone = ports.length > 0 || hostNetwork === true || devices !== undefined || gpus !== undefined;
  return isAlone || mounts.some((mount) => !mount.readOnly) ? 'stop-first' : 'start-first';
}
