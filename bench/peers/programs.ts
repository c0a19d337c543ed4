import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { dockerCompose } from '../../tests/real/compose/available.ts';
import { helm, judges } from '../../tests/real/kubernetes/available.ts';

/** Paths of the peers that are built here. */
export interface Peers {
  readonly helm: string | undefined;
  readonly kustomize: string | undefined;
  readonly kompose: string | undefined;
  readonly dockerCompose: string | undefined;
  readonly kubeconform: string | undefined;
  /** Folder of the strict schemas of kubeconform, one below it for each version. */
  readonly schemas: string;
  /** What is not there, each with what prepares it. */
  readonly missing: readonly string[];
}

/** The Go module proxy does not serve these (403 for github.com/score-spec), and no other registry has them. */
const unavailable = ['score-compose', 'score-k8s'].map((name) => `${name} (its registry does not serve it)`);

/** Looks what is built; builds nothing. The folder's name is the same as in `prepare`. */
export function peers(): Peers {
  const pins = readFileSync(join(import.meta.dirname, 'pins'));
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const folder = join(cache, 'autogit-peers', createHash('sha256').update(pins).digest('hex').slice(0, 12));
  const { kubeconform, schemas } = judges();
  const missing: string[] = [];
  const there = (name: string, path: string, prepare: string): string | undefined => {
    if (existsSync(path)) return path;
    missing.push(`${name} (${prepare})`);
    return undefined;
  };
  return {
    helm: there('helm', helm(), 'tests/real/kubernetes/prepare'),
    kustomize: there('kustomize', join(folder, 'kustomize'), 'bench/peers/prepare'),
    kompose: there('kompose', join(folder, 'kompose'), 'bench/peers/prepare'),
    dockerCompose: there('docker compose', dockerCompose().path, 'tests/real/compose/prepare'),
    kubeconform: there('kubeconform', kubeconform, 'tests/real/kubernetes/prepare'),
    schemas,
    missing: [...missing, ...unavailable],
  };
}
