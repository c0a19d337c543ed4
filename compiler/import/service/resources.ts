import { type ComposeNode, entriesOf, itemsOf, member, oneOrMany, pairsOf, textAt, textIn } from '../node.ts';
import { type Scope, target } from '../scope.ts';
import { bytesOf, sizeText } from '../units.ts';
import { ownGpu } from './own-notes.ts';

/** `cpus`, and the same under `deploy.resources.limits`. */
export function readCpus(node: ComposeNode, scope: Scope): undefined {
  const cpus = Number(textIn(node));
  if (!(cpus > 0)) return scope.ledger.taken(node);
  const rounded = Math.max(0.001, Math.round(cpus * 1000) / 1000);
  scope.draft.limits.cpus = rounded;
  scope.ledger.taken(node, target(scope, 'limits.cpus'));
}

/** Docker's least limit of memory (moby, daemon/daemon_unix.go: linuxMinMemory). */
const leastMemory = 6 * 2 ** 20;

/** `mem_limit`, and the same under `deploy.resources.limits`. */
export function readMemory(node: ComposeNode, scope: Scope): undefined {
  const bytes = bytesOf(textIn(node) ?? '') ?? 0;
  if (bytes > 0 && bytes < leastMemory)
    return scope.ledger.lost(
      node,
      'Docker starts no container with less than 6Mi, so this one never started',
      'write what it needs as `limits.memory`; a number without a unit is bytes',
    );
  const size = sizeAt(node, scope, 'limits.memory');
  if (size !== undefined) scope.draft.limits.memory = size;
}

/** `shm_size`. */
export function readShm(node: ComposeNode, scope: Scope): undefined {
  const size = sizeAt(node, scope, 'shm');
  if (size !== undefined) scope.draft.shm = size;
}

function sizeAt(node: ComposeNode, scope: Scope, key: string): string | undefined {
  const bytes = bytesOf(textIn(node) ?? '');
  if (bytes === undefined || bytes === 0) {
    scope.ledger.lost(node, 'this is no size', 'write it as 512Mi');
    return undefined;
  }
  const { text, exact } = sizeText(bytes);
  if (exact) scope.ledger.taken(node, target(scope, key));
  else scope.ledger.changed(node, `it is ${text} now: sizes are whole KiB`, { to: target(scope, key) });
  return text;
}

/** `deploy`: limits, replicas and GPUs; what Swarm alone reads is named. */
export function readDeploy(node: ComposeNode, scope: Scope): undefined {
  for (const [key, part] of entriesOf(node)) {
    if (key === 'resources') resources(part, scope);
    else if (key === 'replicas') readReplicas(part, scope);
    else if (key === 'mode') mode(part, scope);
    // Compose reads it as `restart`, and that is judged when all needs are known.
    else if (key === 'restart_policy') continue;
    else scope.ledger.lost(part, 'only Swarm reads this', 'AutoGit replaces and rolls back by its own rules');
  }
}

function mode(node: ComposeNode, { ledger }: Scope): undefined {
  if (textIn(node) === 'replicated') ledger.taken(node);
  else ledger.lost(node, 'one copy runs, and not one on every host', 'add a service for each host, with `placement`');
}

function resources(node: ComposeNode, scope: Scope): undefined {
  const limits = member(node, 'limits');
  const cpus = member(limits, 'cpus');
  const memory = member(limits, 'memory');
  const pids = member(limits, 'pids');
  if (cpus !== undefined) readCpus(cpus, scope);
  if (memory !== undefined) readMemory(memory, scope);
  if (pids !== undefined) readPids(pids, scope);
  for (const [key, part] of entriesOf(member(node, 'reservations'))) {
    if (key === 'devices') readGpus(part, scope);
    else scope.ledger.lost(part, 'a reservation cannot be said', 'the limits are what a container gets at most');
  }
}

/** What every container is given; a smaller number cannot be said. */
const pidsLimit = 4096;

/** `pids_limit`. */
export function readPids(node: ComposeNode, { ledger }: Scope): undefined {
  if (textIn(node) === String(pidsLimit)) ledger.taken(node);
  else
    ledger.changed(node, `every container may have ${pidsLimit} processes`, {
      next: 'where another number matters, a patch of the service changes `deploy.resources.limits.pids`',
    });
}

/** `scale`, and `replicas` under `deploy`. */
export function readReplicas(node: ComposeNode, scope: Scope): undefined {
  const replicas = Number(textIn(node));
  if (replicas === 1) return scope.ledger.taken(node);
  if (replicas === 0)
    return scope.ledger.lost(node, 'a service that does not run cannot be said', 'take it out of the file');
  if (!Number.isInteger(replicas) || replicas < 0 || replicas > 100)
    return scope.ledger.lost(node, 'this is no number of copies', 'write `replicas: 2`');
  scope.draft.replicas = replicas;
  scope.ledger.changed(node, 'copies run on Kubernetes; a Docker host runs one', {
    to: target(scope, 'replicas'),
    next: 'take `replicas` and the acceptance of AG550 away where one is enough',
  });
}

/** `gpus`, and `devices` under `deploy.resources.reservations`. */
export function readGpus(node: ComposeNode, scope: Scope): undefined {
  if (ownGpu(scope.node) !== undefined) return scope.ledger.taken(node, target(scope, 'gpu'));
  for (const item of oneOrMany(node)) {
    const all = textIn(item) === 'all';
    const capabilities = itemsOf(member(item, 'capabilities')).map((each) => textIn(each));
    const driver = textAt(item, 'driver') ?? (all || capabilities.includes('gpu') ? 'nvidia' : undefined);
    if (driver !== 'nvidia' && driver !== 'amd' && driver !== 'intel') {
      scope.ledger.lost(item, 'this device is no GPU of a vendor that is known', 'use `devices` or `gpu`');
      continue;
    }
    const ids = itemsOf(member(item, 'device_ids')).length;
    const wanted = all ? 'all' : (textAt(item, 'count') ?? (ids > 0 ? String(ids) : 'all'));
    const count = wanted === 'all' || wanted === '-1' ? 1 : Number(wanted);
    scope.draft.gpu = { vendor: driver, count: count >= 1 && count <= 64 ? Math.floor(count) : 1 };
    const to = target(scope, 'gpu');
    const next = 'set `gpu.count` if the service uses more than one';
    if (wanted === 'all' || wanted === '-1')
      scope.ledger.changed(item, 'it gets one GPU for itself, and not all', { to, next });
    else if (ids > 0) scope.ledger.changed(item, 'it gets as many GPUs, and not those very ones', { to, next });
    else scope.ledger.taken(item, to);
  }
}

const ulimitNames =
  /^(?:core|cpu|data|fsize|locks|memlock|msgqueue|nice|nofile|nproc|rss|rtprio|rttime|sigpending|stack)$/;

/** `ulimits`. */
export function readUlimits(node: ComposeNode, scope: Scope): undefined {
  for (const [name, part] of entriesOf(node)) {
    const soft = Number(textIn(part) ?? textAt(part, 'soft'));
    const hard = Number(textIn(part) ?? textAt(part, 'hard') ?? soft);
    if (!ulimitNames.test(name) || !Number.isInteger(soft) || !Number.isInteger(hard)) {
      scope.ledger.lost(
        part,
        'this is no limit that is known',
        'name one such as nofile, with a number or soft and hard',
      );
      continue;
    }
    scope.draft.ulimits[name] = soft === hard ? soft : { soft, hard };
    scope.ledger.taken(part, target(scope, `ulimits.${name}`));
  }
}

/** `sysctls`, as a map or a list. */
export function readSysctls(node: ComposeNode, scope: Scope): undefined {
  for (const { name, node: at, text } of pairsOf(node)) {
    if (text === undefined || !/^[a-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+$/.test(name)) {
      scope.ledger.lost(at, 'this is no kernel setting', 'write it as `net.core.somaxconn: 1024`');
      continue;
    }
    scope.draft.sysctls[name] = text;
    scope.ledger.taken(at, target(scope, 'sysctls'));
  }
}

/** What a container gets with GPUs of AMD and Intel (compiler/compose/gpus.ts). */
const gpuDevice = /^\/dev\/(?:kfd|dri(?:\/renderD\d+)?)$/;

/** `devices` of the host. */
export function readDevices(node: ComposeNode, scope: Scope): undefined {
  for (const item of itemsOf(node)) {
    const [source = '', inside = source, rights = 'rwm'] =
      item.kind === 'map'
        ? [textAt(item, 'source'), textAt(item, 'target'), textAt(item, 'permissions')]
        : (textIn(item) ?? '').split(':');
    if (!/^\/dev\/[^\s:]+$/.test(source) || source.includes('..')) {
      scope.ledger.lost(item, 'this is no device of the host that can be named', 'write `devices: [/dev/…]` or `gpu:`');
      continue;
    }
    if (ownGpu(scope.node) !== undefined && gpuDevice.test(source)) {
      scope.ledger.taken(item, target(scope, 'gpu'));
      continue;
    }
    if (!scope.draft.devices.includes(source)) scope.draft.devices.push(source);
    const to = target(scope, 'devices');
    const next = 'the policy file of the host has to allow it';
    if (inside !== source || rights !== 'rwm')
      scope.ledger.changed(item, 'it has the same path inside, and may be read and written', { to, next });
    else scope.ledger.changed(item, 'a device of the host is used', { to, next });
  }
}
