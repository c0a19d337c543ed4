import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { traefik } from '../oracles/programs.ts';

export interface ControlPlane {
  readonly version: string;
  readonly etcd: string;
  readonly apiServer: string;
  readonly kubectl: string;
}

/** What judges objects besides the API server. */
export interface Judges {
  readonly kubeconform: string;
  /** One folder for each version, `v1.28.0`. */
  readonly schemas: string;
  /** Custom resource definitions, as YAML files. */
  readonly crds: string;
}

const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'autogit-cluster');

/** The pinned control plane and where `prepare` puts it; the hash is the same as in that script. */
export function controlPlane(): ControlPlane {
  const [mod = '', sum = ''] = ['go.mod', 'go.sum'].map((name) =>
    readFileSync(join(import.meta.dirname, 'control-plane', name), 'utf8'),
  );
  const version = /k8s\.io\/kubernetes (v[\d.]+)/.exec(mod)?.[1] ?? '';
  const key = createHash('sha256').update(mod).update(sum).update(`${process.platform}/${process.arch}`).digest('hex');
  const folder = join(cache, `${version}-${key.slice(0, 12)}`);
  const at = (program: string) => join(folder, program);
  return { version, etcd: at('etcd'), apiServer: at('kube-apiserver'), kubectl: at('kubectl') };
}

/** The pinned judges; the hash is the same as in `prepare`. */
export function judges(): Judges {
  const pins = readFileSync(join(import.meta.dirname, 'judges'));
  const folder = join(cache, `judges-${createHash('sha256').update(pins).digest('hex').slice(0, 12)}`);
  return { kubeconform: join(folder, 'kubeconform'), schemas: join(folder, 'schemas'), crds: join(folder, 'crds') };
}

/** Path of the pinned Helm; the hash is the same as in `prepare`. */
export function helm(): string {
  const pins = readFileSync(join(import.meta.dirname, 'helm-pins'));
  return join(cache, `helm-${createHash('sha256').update(pins).digest('hex').slice(0, 12)}`, 'helm');
}

/** Whether a Kubernetes API server can be started here. Builds nothing. */
export async function available(): Promise<
  { readonly ok: true; readonly what: string } | { readonly ok: false; readonly reason: string }
> {
  const { version, ...programs } = controlPlane();
  const ingress = traefik();
  return [...Object.values(programs), ...Object.values(judges()), ingress.path, helm()].every((path) =>
    existsSync(path),
  )
    ? {
        ok: true,
        what: `kube-apiserver, kubectl ${version.slice(1)}, kubeconform, Helm, Traefik ${ingress.version.slice(1)}`,
      }
    : {
        ok: false,
        reason:
          'kube-apiserver, judges and Traefik not built yet (once: tests/real/kubernetes/prepare; needs Go and pip)',
      };
}
