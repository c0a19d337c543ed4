import { type ComposeNode, isTrue, itemsOf, oneOrMany, textIn } from '../node.ts';
import { containerPath } from '../paths.ts';
import { type Scope, target } from '../scope.ts';
import { bytesOf, durationText, millisecondsOf, sizeText } from '../units.ts';

/**
 * What Docker gives a container that asks for nothing, without those that hardly a program needs and that a machine
 * without a policy file refuses: AUDIT_WRITE, FSETID, MKNOD, NET_RAW, SETFCAP and SETPCAP.
 * https://docs.docker.com/engine/containers/run/#runtime-privilege-and-linux-capabilities
 */
export const usualCapabilities: readonly string[] = [
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'KILL',
  'NET_BIND_SERVICE',
  'SETGID',
  'SETUID',
  'SYS_CHROOT',
];

/** `user`: numbers only, since a name means something in the image alone. */
export function readUser(node: ComposeNode, scope: Scope): undefined {
  const text = textIn(node) ?? '';
  const [uid = '', gid] = (text === 'root' ? '0:0' : text).split(':');
  if (!/^\d{1,9}$/.test(uid) || (gid !== undefined && !/^\d{1,9}$/.test(gid)))
    return scope.ledger.lost(
      node,
      `'${text}' is a name that only the image knows, so the user of the image itself runs it`,
      `write its numbers as \`user: <uid>:<gid>\`: docker run --rm --entrypoint id ${scope.draft.image} ${text.split(':')[0]}`,
    );
  scope.draft.user = `${uid}:${gid ?? uid}`;
  if (gid !== undefined || uid === '0') return scope.ledger.taken(node, target(scope, 'user'));
  scope.ledger.changed(node, `group ${uid} is assumed`, {
    to: target(scope, 'user'),
    next: 'write `user: <uid>:<gid>`',
  });
}

/** `working_dir`. */
export function readWorkingDirectory(node: ComposeNode, scope: Scope): undefined {
  const path = containerPath(textIn(node) ?? '');
  if (path === undefined) return scope.ledger.lost(node, 'this is no absolute path', 'write `workingDirectory: /…`');
  scope.draft.workingDirectory = path;
  scope.ledger.taken(node, target(scope, 'workingDirectory'));
}

/** `stop_grace_period`. */
export function readGrace(node: ComposeNode, scope: Scope): undefined {
  const ms = millisecondsOf(textIn(node) ?? '');
  if (ms === undefined) return scope.ledger.lost(node, 'this is no duration', 'write it as 30s');
  const { text, exact } = durationText(ms);
  scope.draft.stop.grace = text;
  if (exact) scope.ledger.taken(node, target(scope, 'stop.grace'));
  else scope.ledger.changed(node, `it is ${text} now: whole seconds`, { to: target(scope, 'stop.grace') });
}

const signals = /^SIG(?:TERM|INT|QUIT|HUP|USR1|USR2|WINCH|KILL)$/;
const numbers: Readonly<Record<string, string>> = {
  '1': 'SIGHUP',
  '2': 'SIGINT',
  '3': 'SIGQUIT',
  '9': 'SIGKILL',
  '10': 'SIGUSR1',
  '12': 'SIGUSR2',
  '15': 'SIGTERM',
  '28': 'SIGWINCH',
};

/** `stop_signal`, by name or number. */
export function readSignal(node: ComposeNode, scope: Scope): undefined {
  const text = (textIn(node) ?? '').toUpperCase();
  const name = numbers[text] ?? (text.startsWith('SIG') ? text : `SIG${text}`);
  if (!signals.test(name))
    return scope.ledger.lost(
      node,
      `'${text}' is no signal that a container is stopped with`,
      'write one such as SIGTERM or SIGINT',
    );
  scope.draft.stop.signal = name;
  scope.ledger.taken(node, target(scope, 'stop.signal'));
}

/** `read_only`. */
export function readReadOnly(node: ComposeNode, scope: Scope): undefined {
  scope.draft.readOnly = isTrue(node);
  const to = target(scope, 'readOnly');
  const hasTemporary = scope.draft.tmpfs.includes('/tmp') || Object.values(scope.draft.volumes).some(isTemporary);
  if (isTrue(node) && !hasTemporary) scope.ledger.changed(node, 'it has a /tmp in memory, which programs need', { to });
  else scope.ledger.taken(node, to);
}

function isTemporary({ path }: { readonly path: string }): boolean {
  return path === '/tmp';
}

/** `init`: without the key, the image says. */
export function readInit(node: ComposeNode, scope: Scope): undefined {
  scope.draft.ownInit = !isTrue(node);
  scope.ledger.taken(node, target(scope, 'init'));
}

/** `tmpfs`, with options after a colon. */
export function readTmpfs(node: ComposeNode, scope: Scope): undefined {
  for (const item of oneOrMany(node)) {
    const [path = '', options = ''] = (textIn(item) ?? '').split(':');
    const clean = containerPath(path);
    const shm = /(?:^|,)size=(\w+)/.exec(options)?.[1];
    if (clean === undefined) scope.ledger.lost(item, 'this is no path that can be mounted at', 'name a folder');
    else if (clean === '/dev/shm' && bytesOf(shm ?? '') !== undefined) {
      scope.draft.shm = sizeText(bytesOf(shm ?? '') ?? 0).text;
      scope.ledger.taken(item, target(scope, 'shm'));
    } else {
      if (!scope.draft.tmpfs.includes(clean)) scope.draft.tmpfs.push(clean);
      tellOptions(options, item, scope);
    }
  }
}

/** Memory belongs to the user of the container and has the rights of any `/tmp`. */
function tellOptions(options: string, item: ComposeNode, scope: Scope): undefined {
  const { ledger, draft } = scope;
  const [uid, gid] = (draft.user ?? '').split(':');
  const usual = ['', 'rw', 'mode=1777', `uid=${uid}`, `gid=${gid}`];
  const other = options.split(',').filter((option) => !usual.includes(option));
  const to = target(scope, 'tmpfs');
  if (other.length === 0) ledger.taken(item, to);
  else
    ledger.changed(item, `${other.join(', ')} cannot be said`, {
      to,
      next: 'what lies there counts as memory of the container: see `limits.memory`',
    });
}

/** `cap_add`; `ALL` is no list of what is needed. */
export function readCapAdd(node: ComposeNode, scope: Scope): undefined {
  for (const item of itemsOf(node)) {
    const name = capability(item);
    if (name === 'ALL') scope.ledger.lost(item, 'all capabilities at once cannot be given', 'name those that it needs');
    else {
      if (!scope.draft.capabilities.includes(name)) scope.draft.capabilities.push(name);
      scope.ledger.taken(item, target(scope, 'capabilities'));
    }
  }
}

/** `cap_drop`: every one is dropped before some are given back. */
export function readCapDrop(node: ComposeNode, scope: Scope): undefined {
  scope.ledger.taken(node, target(scope, 'capabilities'));
}

/** Capabilities that the container starts with when nothing is added: those that Docker gives, without the dropped ones. */
export function givenCapabilities(dropped: ComposeNode | undefined): readonly string[] {
  const names = itemsOf(dropped).map(capability);
  return names.includes('ALL') ? [] : usualCapabilities.filter((name) => !names.includes(name));
}

function capability(item: ComposeNode): string {
  return (textIn(item) ?? '').toUpperCase().replace(/^CAP_/, '');
}

/** `security_opt`. */
export function readSecurity(node: ComposeNode, { ledger }: Scope): undefined {
  for (const item of itemsOf(node)) {
    if (/^no-new-privileges(?:[:=]true)?$/.test(textIn(item) ?? '')) ledger.taken(item);
    else ledger.lost(item, 'profiles and labels of the kernel cannot be said', 'the engine’s own profile applies');
  }
}
