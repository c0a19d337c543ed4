import { externalName, isExternal, volumeCommand } from '../external.ts';
import { cut, labelOf, volumeRoom } from '../names.ts';
import { type ComposeNode, isTrue, itemsOf, member, textAt, textIn } from '../node.ts';
import { absolutePath, containerPath, pathInside } from '../paths.ts';
import { type Scope, target, type VolumeDraft } from '../scope.ts';
import { addConfigFile } from './files.ts';

interface MountNode {
  readonly type: string;
  readonly source: string | undefined;
  readonly path: string;
  readonly readOnly: boolean;
  /** Options that cannot be said: `Z`, `nocopy`. */
  readonly other: readonly string[];
}

/** `volumes` of a service: named ones, folders and files of the host, memory. */
export function readVolumes(node: ComposeNode, scope: Scope): undefined {
  for (const item of itemsOf(node)) {
    const mount = item.kind === 'map' ? longForm(item) : shortForm(textIn(item) ?? '');
    if (mount === undefined)
      scope.ledger.lost(item, 'this is no mount that can be taken over', 'write it under `volumes`');
    else readMount(mount, item, scope);
  }
}

function readMount(mount: MountNode, item: ComposeNode, scope: Scope): undefined {
  const { ledger } = scope;
  const path = containerPath(mount.path);
  if (path === undefined)
    return ledger.lost(item, `'${mount.path}' is no path that can be mounted at`, 'name a folder');
  if (/^\/(?:proc|sys|dev|run\/secrets)(?:\/|$)/.test(path))
    return ledger.lost(
      item,
      'the engine fills this folder, so nothing can be mounted there',
      'use `devices` or `secrets`',
    );
  for (const option of mount.other) tellOption(option, item, scope);
  switch (mount.type) {
    case 'tmpfs':
      scope.draft.tmpfs.push(path);
      return ledger.taken(item, target(scope, 'tmpfs'));
    case 'bind':
      return bind(mount, path, item, scope);
    case 'volume':
      return mount.source === undefined ? anonymous(path, item, scope) : named(mount, mount.source, path, item, scope);
    default:
      ledger.lost(
        item,
        `a mount of type ${mount.type} cannot be said`,
        'mount a volume, or put the files into the image',
      );
  }
}

/** What an option of a mount would have done, and what can be done in its place. */
const options: Readonly<Record<string, readonly [why: string, next: string]>> = {
  subpath: [
    'a folder of a volume cannot be mounted by itself: all of the volume is there now',
    'give the program the path of the folder inside, or move the folder into a volume of its own',
  ],
  size: ['memory has no size of its own', 'what lies there counts as memory of the container: see `limits.memory`'],
  mode: ['everybody in the container may write there, as in /tmp', 'let the program set rights on what it writes'],
  nocopy: ['a new volume is filled with what the image has at its path', 'mount it where the image has nothing'],
  z: labelled(),
  Z: labelled(),
  selinux: labelled(),
  propagation: ['what is mounted later inside the folder is not seen', 'mount it on the host before the start'],
};

function labelled(): readonly [why: string, next: string] {
  return ['nothing is labelled for SELinux', 'on a host with SELinux, once: chcon -Rt container_file_t <folder>'];
}

/** Words for Docker Desktop, and what is so anyway. */
const withoutEffect: readonly string[] = ['cached', 'delegated', 'consistent', 'consistency', 'copy'];

function tellOption(option: string, item: ComposeNode, scope: Scope): undefined {
  if (withoutEffect.includes(option)) return;
  const spread = /^r?(?:shared|slave|private)$/.test(option) ? 'propagation' : option;
  const [why, next] = options[spread] ?? [
    `the option ${option} cannot be said`,
    'see whether the service starts without',
  ];
  scope.ledger.lost(item, why, next);
}

/** `[source:]path[:options]`. */
function shortForm(text: string): MountNode | undefined {
  if (/^[A-Za-z]:\\/.test(text)) return undefined;
  const [first = '', second, options, ...rest] = text.split(':');
  if (rest.length > 0 || first === '') return undefined;
  if (second === undefined) return { type: 'volume', source: undefined, path: first, readOnly: false, other: [] };
  const words = (options ?? '').split(',').filter((word) => word !== '' && word !== 'rw');
  const type = /^[./~]/.test(first) ? 'bind' : 'volume';
  return {
    type,
    source: first,
    path: second,
    readOnly: words.includes('ro'),
    other: words.filter((word) => word !== 'ro'),
  };
}

function longForm(item: ComposeNode): MountNode | undefined {
  const path = textAt(item, 'target');
  if (path === undefined) return undefined;
  const detail = ['bind', 'volume', 'tmpfs'].flatMap((key) => [...(keysOf(member(item, key)) ?? [])]);
  return {
    type: textAt(item, 'type') ?? 'volume',
    source: textAt(item, 'source'),
    path,
    readOnly: isTrue(member(item, 'read_only')),
    other: detail.filter((key) => key !== 'create_host_path'),
  };
}

function keysOf(node: ComposeNode | undefined): Iterable<string> | undefined {
  return node?.kind === 'map' ? node.entries.keys() : undefined;
}

/** A file of the repository is a configuration file; anything else of the host stays where it is. */
function bind(mount: MountNode, path: string, item: ComposeNode, scope: Scope): undefined {
  const { input, ledger } = scope;
  const source = absolutePath(mount.source ?? '', input.folder, input.home);
  const inside = pathInside(source, input.folder);
  const found = input.look(source);
  if (inside !== undefined && found.kind === 'text' && addConfigFile(inside, path, scope))
    return ledger.changed(item, 'the file is a configuration file now: a change of it is a change of the platform', {
      to: target(scope, 'configs'),
    });
  if (source === '/' || /\s/.test(source))
    return ledger.lost(item, `'${mount.source}' of the host cannot be mounted`, 'mount the folders that are needed');
  addVolume(lastPart(path), { path, hostPath: source, ...(mount.readOnly ? { readOnly: true as const } : {}) }, scope);
  const engine = source.endsWith('/docker.sock');
  const why = engine ? 'whoever has this socket is root on the host' : `it is still ${source} of the host`;
  const next = 'the policy file of the host has to allow it';
  ledger.changed(item, why, { to: target(scope, 'volumes'), next });
}

function lastPart(path: string): string {
  return path.split('/').at(-1) ?? path;
}

function anonymous(path: string, item: ComposeNode, scope: Scope): undefined {
  addVolume(lastPart(path), { path }, scope);
  scope.ledger.changed(item, 'it has a name now, and is kept', { to: target(scope, 'volumes') });
}

function named(mount: MountNode, source: string, path: string, item: ComposeNode, scope: Scope): undefined {
  const { ledger, project } = scope;
  const key = source.startsWith(`${scope.id}-`) ? source.slice(scope.id.length + 1) : source;
  const draft: VolumeDraft = { path, ...(mount.readOnly ? { readOnly: true as const } : {}) };
  const declared = member(member(scope.root, 'volumes'), source);
  const there = textAt(declared, 'name') ?? `${project}_${source}`;
  const to = target(scope, 'volumes');
  if (isExternal(declared)) {
    addVolume(key, { ...draft, external: externalName(declared) ?? source }, scope);
    return ledger.taken(item, to);
  }
  const own = `${scope.platform}-${scope.id}-${cut(labelOf(key, 'data'), volumeRoom(scope.platform, scope.id))}`;
  if (there === own) {
    addVolume(key, draft, scope);
    return ledger.taken(item, to);
  }
  const elsewhere =
    scope.shared.has(source) || member(declared, 'driver_opts') !== undefined || textAt(declared, 'name') !== undefined;
  if (elsewhere) {
    addVolume(key, { ...draft, external: there }, scope);
    const why = scope.shared.has(source) ? 'several services mount it' : 'it has a name or options of its own';
    return ledger.changed(item, `${why}, so it is used as it is and not made`, {
      to,
      next: `on a new host make it first: ${volumeCommand(declared, there)}`,
    });
  }
  const id = addVolume(key, draft, scope);
  const made = `${scope.platform}-${scope.id}-${id}`;
  ledger.changed(item, `a new volume ${made} is made, and ${there} stays as it is`, {
    to,
    next: `copy what is in it, or write \`external: ${there}\``,
  });
}

/** Adds a volume under a name made of `text` that is still free, and gives that name. */
function addVolume(text: string, draft: VolumeDraft, scope: Scope): string {
  const label = cut(labelOf(text, 'data'), volumeRoom(scope.platform, scope.id));
  let id = label;
  for (let n = 2; Object.hasOwn(scope.draft.volumes, id); n++) id = `${label.slice(0, -3) || 'v'}-${n}`;
  scope.draft.volumes[id] = draft;
  return id;
}
