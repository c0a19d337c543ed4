import { extend } from './extend.ts';
import { type HostGpus, hostGpus, noGpus } from './host-gpus.ts';
import { openLedger, type Row } from './ledger.ts';
import { idRoom, platformName, roleNames, uniqueLabels } from './names.ts';
import { connect } from './needs.ts';
import { itemsOf, type MapNode, member, textAt, textIn } from './node.ts';
import { type Problem, readComposeText } from './read-compose-text.ts';
import { rename } from './rename.ts';
import { type RoleDraft, rolesIn } from './roles.ts';
import { commonDomain, readLabels, readRoleLabels, routedHosts } from './routes.ts';
import type { ImportInput, Scope } from './scope.ts';
import { openSecretBook, type SecretEntry } from './secret-book.ts';
import { isOwnJob } from './service/own-notes.ts';
import { draftOf, readService } from './service/read-service.ts';
import { readRestart } from './service/restart.ts';
import { readTop } from './top.ts';

export interface Imported {
  /** Why the file cannot be read at all. Nothing else is there then. */
  readonly problems: readonly Problem[];
  readonly name: string;
  readonly domain: string;
  /** Whether the domain is only a guess. */
  readonly guessedDomain: boolean;
  readonly roles: readonly RoleDraft[];
  readonly services: readonly Scope[];
  readonly secrets: readonly SecretEntry[];
  readonly gpus: HostGpus;
  /** Every value of the Compose file and what became of it. */
  readonly rows: readonly Row[];
}

/** A Compose file → the parts of a platform and an account of every line. Pure: what lies on disk comes in by `look`. */
export function importCompose(input: ImportInput, asServices: boolean): Imported {
  const { root, problems } = readComposeText(input.text, input.variables);
  const services = root === undefined ? undefined : servicesOf(root);
  if (root === undefined || services === undefined || problems.length > 0)
    return { ...nothing, problems: problems.length > 0 ? problems : [noServices] };
  const ledger = openLedger();
  const secrets = openSecretBook();
  const project = textAt(root, 'name') ?? input.folder.split('/').at(-1) ?? 'compose';
  const platform = input.name ?? platformName(project);
  const unique = uniqueLabels(roleNames, 'service', idRoom(platform));
  const shared = sharedVolumes(services);
  const scopes: Scope[] = [];
  for (const [name, part] of services.entries) {
    if (part.kind !== 'map' || (name.startsWith('x-') && services === root)) continue;
    const { service, broken } = extend(services, part);
    if (broken !== undefined)
      ledger.lost(broken, 'only services of this file can be extended', 'write what it takes from there into it');
    const from = service.entries.get('extends');
    if (from !== undefined && from !== broken) ledger.taken(from);
    const ownJob = isOwnJob(service);
    const profiles = itemsOf(member(service, 'profiles')).flatMap((item) => textIn(item) ?? []);
    if (!ownJob && profiles.length > 0 && !profiles.some((each) => input.profiles.includes(each))) {
      ledger.lost(
        part,
        'its profile is not active, so Compose leaves it out as well',
        `to take it along: --profile ${profiles[0]}`,
      );
      continue;
    }
    const draft = draftOf(service, project, name);
    scopes.push({
      input,
      ledger,
      root,
      project,
      platform,
      secrets,
      name,
      id: unique(name),
      node: service,
      draft,
      shared,
    });
    const profilesNode = member(service, 'profiles');
    if (profilesNode !== undefined && ownJob) ledger.taken(profilesNode);
    else if (profilesNode !== undefined && profiles.length > 0)
      ledger.changed(profilesNode, 'it is always part of the platform');
  }
  for (const scope of scopes) readService(scope);
  connect(scopes, root);
  for (const scope of scopes) readRestart(scope);
  const domain = input.domain ?? commonDomain(routedHosts(scopes)) ?? undefined;
  const roles = asServices ? [] : rolesIn(scopes);
  const left = scopes.filter((scope) => !roles.some((role) => role.scope === scope));
  finish(scopes, left, roles, domain ?? 'home.lan');
  readTop(root, scopes, ledger);
  return {
    problems: [],
    name: platform,
    domain: domain ?? 'home.lan',
    guessedDomain: domain === undefined,
    roles,
    services: left,
    secrets: usedSecrets(secrets.entries(), left),
    gpus: hostGpus(root, left),
    rows: ledger.rows(root),
  };
}

const nothing = {
  name: '',
  domain: '',
  guessedDomain: false,
  roles: [],
  services: [],
  secrets: [],
  gpus: noGpus,
  rows: [],
} as const;

const noServices: Problem = {
  line: 1,
  column: 1,
  message: 'the file has no services',
  next: 'name a Compose file: `services:` with at least one service in it',
};

/** `services:`, or the whole of a file from the time before there was such a key. */
function servicesOf(root: MapNode): MapNode | undefined {
  const services = root.entries.get('services');
  if (services?.kind === 'map') return services.entries.size > 0 ? services : undefined;
  if (services !== undefined) return undefined;
  const old = [...root.entries.values()].filter((part) => part.kind === 'map');
  const looks =
    old.length > 0 && old.every((part) => member(part, 'image') !== undefined || member(part, 'build') !== undefined);
  return looks ? { ...root, entries: new Map(old.map((part) => [part.path, part])) } : undefined;
}

function sharedVolumes(services: MapNode): ReadonlySet<string> {
  const users = new Map<string, number>();
  for (const [, service] of services.entries) {
    const sources = itemsOf(member(service, 'volumes')).flatMap(
      (item) => textAt(item, 'source') ?? textIn(item)?.split(':')[0] ?? [],
    );
    for (const source of new Set(sources)) users.set(source, (users.get(source) ?? 0) + 1);
  }
  return new Set([...users].filter(([, count]) => count > 1).map(([source]) => source));
}

/** What can only be said when all services are known: routes, and the names under which they find each other. */
function finish(all: readonly Scope[], left: readonly Scope[], roles: readonly RoleDraft[], domain: string): undefined {
  const served = roles.some(({ role }) => role === 'ingress');
  for (const scope of all) {
    const role = roles.find((each) => each.scope === scope);
    if (role === undefined) readLabels(scope, domain, served);
    else readRoleLabels(scope, role.role, domain);
  }
  const idOf = new Map(roles.map(({ role, scope }) => [scope.id, role as string]));
  for (const scope of left) {
    for (const [id, condition] of [...scope.draft.needs]) {
      const role = idOf.get(id);
      if (role === undefined) continue;
      scope.draft.needs.delete(id);
      if (role !== 'ingress') scope.draft.needs.set(role, condition);
    }
  }
  for (const scope of all) rename(scope, idOf.get(scope.id) ?? scope.id, left);
}

/** Secrets of services that became roles are made by the roles. */
function usedSecrets(entries: readonly SecretEntry[], left: readonly Scope[]): readonly SecretEntry[] {
  const used = new Set(
    left.flatMap(({ draft }) => [
      ...draft.secrets.map(({ secret }) => secret),
      ...Object.values(draft.environment).flatMap((value) => (typeof value === 'string' ? [] : [value.secret])),
    ]),
  );
  return entries.filter(({ id }) => used.has(id));
}
