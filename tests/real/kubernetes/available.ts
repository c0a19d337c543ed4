import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export interface ControlPlane {
  readonly version: string;
  readonly etcd: string;
  readonly apiServer: string;
}

/** The pinned control plane and where `prepare` puts it; the hash is the same as in that script. */
export function controlPlane(): ControlPlane {
  const [mod = '', sum = ''] = ['go.mod', 'go.sum'].map((name) =>
    readFileSync(join(import.meta.dirname, 'control-plane', name), 'utf8'),
  );
  const version = /k8s\.io\/kubernetes (v[\d.]+)/.exec(mod)?.[1] ?? '';
  const key = createHash('sha256').update(mod).update(sum).update(`${process.platform}/${process.arch}`).digest('hex');
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const folder = join(cache, 'autogit-cluster', `${version}-${key.slice(0, 12)}`);
  return { version, etcd: join(folder, 'etcd'), apiServer: join(folder, 'kube-apiserver') };
}

/** Whether a Kubernetes API server can be started here. Builds nothing. */
export async function available(): Promise<
  { readonly ok: true; readonly what: string } | { readonly ok: false; readonly reason: string }
> {
  const { version, etcd, apiServer } = controlPlane();
  return existsSync(etcd) && existsSync(apiServer)
    ? { ok: true, what: `kube-apiserver ${version.slice(1)}` }
    : { ok: false, reason: 'kube-apiserver not built yet (once: tests/real/kubernetes/prepare; needs Go)' };
}
