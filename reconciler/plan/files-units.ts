import type { ComposeProject, ComposeService } from '../../compiler/model/compose-project.ts';
import type { FileEntry, FilesUnit } from '../model/desired.ts';
import { compareText, digestOf, digestOfText } from './digest.ts';

/** Secret id → opaque text that changes when the value changes. Made by `record` with a key of its own. */
export type Fingerprints = Readonly<Record<string, string>>;

interface PlacedFile {
  readonly target: string;
  readonly source: FileEntry['source'];
}

/**
 * The files volumes of one service: one per topmost folder that its configs and secrets live in, so that no volume has
 * to be mounted inside another, read-only one.
 */
export function filesUnits(project: ComposeProject, key: string, fingerprints: Fingerprints): readonly FilesUnit[] {
  const service = project.model.services[key];
  if (service === undefined) return [];
  const placed = [...configsOf(project, service), ...secretsOf(service)];
  return topmostFolders(placed).map((directory) => filesUnit(project, key, service, directory, placed, fingerprints));
}

function configsOf(project: ComposeProject, service: ComposeService): readonly PlacedFile[] {
  return (service.configs ?? []).map(({ source, target }) => {
    const path = project.model.configs[source]?.file;
    const text = path === undefined ? undefined : project.files[path];
    if (text === undefined) throw new TypeError(`config ${source} of the rendered project has no content`);
    return { target: target.startsWith('/') ? target : `/${target}`, source: { kind: 'text', text } };
  });
}

function secretsOf(service: ComposeService): readonly PlacedFile[] {
  return (service.secrets ?? []).map(({ source, target }) => ({
    target: target.startsWith('/') ? target : `/run/secrets/${target}`,
    source: { kind: 'secret', secret: source },
  }));
}

function topmostFolders(files: readonly PlacedFile[]): readonly string[] {
  const folders = [...new Set(files.map((file) => parentOf(file.target)))].sort(compareText);
  return folders.filter((folder) => !folders.some((other) => other !== folder && folder.startsWith(`${other}/`)));
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0)) || '/';
}

function filesUnit(
  project: ComposeProject,
  key: string,
  service: ComposeService,
  directory: string,
  placed: readonly PlacedFile[],
  fingerprints: Fingerprints,
): FilesUnit {
  const files = placed
    .filter((file) => file.target.startsWith(`${directory}/`))
    .map(
      (file): FileEntry => ({
        path: file.target.slice(directory.length + 1),
        source: file.source,
        ...accessOf(file, service),
      }),
    )
    .sort((a, b) => compareText(a.path, b.path));
  const digest = digestOf({
    directory,
    files: files.map((file) => ({ ...file, source: contentOf(file, fingerprints) })),
  });
  return {
    kind: 'files',
    id: `files/${project.host}/${key}:${directory}`,
    host: project.host,
    name: `${project.model.name}-${key}-files-${digest.slice(0, 12)}`,
    digest,
    origin: project.origins[key] ?? '',
    key,
    service: key,
    directory,
    files,
  };
}

/**
 * A config may be read by all in its container. A secret belongs to the user that the file names; when the image
 * chooses its own user, that user is unknown, and the volume (mounted by this container alone) is the border.
 */
function accessOf(file: PlacedFile, service: ComposeService): Pick<FileEntry, 'mode' | 'uid' | 'gid'> {
  const user = /^(\d+)(?::(\d+))?$/.exec(service.user ?? '');
  if (file.source.kind === 'text' || user === null) return { mode: 0o444, uid: 0, gid: 0 };
  return { mode: 0o400, uid: Number(user[1]), gid: Number(user[2] ?? 0) };
}

/** What stands for the content in the digest; a secret that could not be read has no fingerprint and is held by the plan. */
function contentOf(file: FileEntry, fingerprints: Fingerprints): string {
  return file.source.kind === 'text'
    ? `sha256:${digestOfText(file.source.text)}`
    : `secret:${file.source.secret}:${fingerprints[file.source.secret] ?? ''}`;
}
