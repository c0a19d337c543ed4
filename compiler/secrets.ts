import { secretVariable } from './compose/text.ts';
import { secretKeyOf } from './kubernetes/names.ts';
import type { ComposeProject } from './model/compose-project.ts';
import type { Platform, Secret } from './model/platform.ts';
import { pathOfSecret, secretMounts } from './model/secret-mounts.ts';

/** A secret of a platform and what needs its value. */
export interface SecretUse {
  readonly id: string;
  readonly source: Secret['source'];
  /** For people, in the order of the workloads: `web (/run/secrets/smtp)`, `web (DB_PASSWORD)`, `forge token`. */
  readonly users: readonly string[];
}

/** Every secret of the platform, sorted by id. */
export function secretUses({ secrets, workloads, forge, certificates }: Platform): readonly SecretUse[] {
  const dns =
    certificates?.kind === 'acme' && certificates.challenge.kind === 'dns-01' ? certificates.challenge : undefined;
  return secrets.map(({ id, source }) => ({
    id,
    source,
    users: [
      ...workloads.flatMap((workload) => [
        ...(secretMounts(workload).some(({ secret }) => secret === id)
          ? [`${workload.id} (${pathOfSecret(workload, id)})`]
          : []),
        ...workload.environment.flatMap(({ name, value }) =>
          value.kind === 'secret' && value.secret === id ? [`${workload.id} (${name})`] : [],
        ),
      ]),
      ...(forge?.token === id ? ['forge token'] : []),
      ...(dns?.credentials.some(({ secret }) => secret === id) === true ? ['certificates'] : []),
      ...(certificates?.kind === 'acme' && certificates.trust === id ? ['certificates'] : []),
    ],
  }));
}

/** A file that a rendered Compose project reads when it is started by hand. */
export interface SecretFile {
  /** From the folder that was rendered into: `compose/local/secrets/smtp`. */
  readonly path: string;
  readonly content:
    | { readonly kind: 'value'; readonly secret: string }
    /** Lines `NAME=value` of a `.env` file, by name. */
    | { readonly kind: 'variables'; readonly secrets: Readonly<Record<string, string>> };
}

/** The files with secrets that the projects name, which `compile` never writes. */
export function secretFiles(projects: readonly ComposeProject[]): readonly SecretFile[] {
  return projects.flatMap(({ folder, model }) => {
    const named = Object.values(model.services)
      .flatMap(({ environment = {} }) => Object.values(environment))
      .flatMap((value) => (typeof value === 'string' ? [] : [value.secret]));
    const variables = Object.fromEntries([...new Set(named)].sort().map((id) => [secretVariable(id), id]));
    return [
      ...Object.entries(model.secrets).map(
        ([id, { file }]): SecretFile => ({
          path: `${folder}/${file.replace(/^\.\//, '')}`,
          content: { kind: 'value', secret: id },
        }),
      ),
      ...(named.length === 0
        ? []
        : [{ path: `${folder}/.env`, content: { kind: 'variables', secrets: variables } } satisfies SecretFile]),
    ];
  });
}

/** The Secret objects that rendered workloads read, with the values that are handed in, as YAML documents. */
export function secretManifests(platform: Platform, values: Readonly<Record<string, string>>): string {
  const { namespace } = platform.cluster;
  return Object.entries(values)
    .map(([id, value]) => {
      const { name, key } = secretKeyOf(platform, id);
      const metadata = { name, namespace, labels: { 'autogit.dev/platform': platform.name } };
      // JSON is YAML, and quotes whatever a value holds.
      return `---\n${JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque', stringData: { [key]: value } }, null, 2)}\n`;
    })
    .join('');
}
