import type { Finding } from '../../schema/diagnostic.ts';
import type { Spec } from '../../schema/spec.ts';
import type { Catalog } from '../model/component.ts';
import { compareText, sortedById } from '../model/order.ts';
import type { Platform } from '../model/platform.ts';
import { millisecondsIn } from '../model/quantities.ts';
import { clusterGpusOf } from './cluster-gpus.ts';
import { expandPlatform } from './expand.ts';
import { forgeOf } from './forge.ts';
import { hostsOf } from './hosts.ts';
import { linksOf } from './links.ts';
import { patchesOf } from './patches.ts';
import { poolsOf } from './pools.ts';
import { referenceFindings } from './references.ts';
import { secretsOf } from './secrets.ts';
import { onNamedHosts } from './unknown-hosts.ts';
import { unplacedData } from './unplaced.ts';
import { unwaitedLinks, workloadsOf } from './workloads.ts';

export interface Resolved {
  readonly platform: Platform;
  /** References that lead nowhere, and what the components found in their own part. */
  readonly findings: readonly Finding[];
}

export interface ResolveOptions {
  readonly catalog: Catalog;
  /** What it is rendered for, in place of the `target` of the file. */
  readonly target?: Platform['target'] | undefined;
  /** Contents of the files of the repository that the file names, by path. */
  readonly files?: Readonly<Record<string, string>> | undefined;
}

/**
 * What the file means: roles and services expanded by their components, needs turned into links, everything implied
 * filled in. Pure; the order of maps in the file leaves no trace.
 */
export function resolve(spec: Spec, { catalog, target = spec.target, files }: ResolveOptions): Resolved {
  const hosts = hostsOf(spec);
  const expanded = expandPlatform({ spec, catalog, target, hosts, files });
  const fragments = expanded.map(({ fragment }) => fragment);
  const facts = expanded.map((each) => each.facts);
  const workloads = onNamedHosts(workloadsOf(expanded), expanded, hosts);
  const routes = facts
    .flatMap((each) => each.routes ?? [])
    .sort((a, b) => compareText(a.id, b.id) || compareText(a.path, b.path));
  const secrets = secretsOf(
    spec,
    fragments.flatMap((fragment) => fragment.secrets ?? []),
  );
  const forge = forgeOf(spec, catalog);
  const backup = fragments.flatMap((fragment) => fragment.backup ?? [])[0];
  const certificates = facts.flatMap((each) => each.certificates ?? [])[0];
  const platform: Platform = {
    name: spec.name,
    domain: spec.domain,
    target,
    gitops: gitopsOf(spec),
    hosts,
    cluster: clusterOf(spec),
    workloads,
    volumes: sortedById([...facts, ...fragments].flatMap((each) => each.volumes ?? [])),
    links: linksOf({
      workloads,
      routes,
      streams: facts.flatMap((each) => each.streams ?? []),
      scrapes: facts.flatMap((each) => each.scrapes ?? []),
      target,
      further: [...unwaitedLinks(expanded), ...fragments.flatMap((fragment) => fragment.links ?? [])],
    }),
    routes,
    ...(certificates === undefined ? {} : { certificates }),
    secrets,
    configs: sortedById(fragments.flatMap((fragment) => fragment.configs ?? [])),
    ...(backup === undefined ? {} : { backup }),
    pools: poolsOf(spec, catalog, hosts),
    ...(forge === undefined ? {} : { forge }),
    ...(spec.patches.length === 0 ? {} : { patches: patchesOf(spec) }),
    accept: Object.fromEntries(Object.entries(spec.accept).sort(([a], [b]) => compareText(a, b))),
  };
  const known = {
    catalog,
    owners: expanded.map(({ owner }) => owner),
    secrets: secrets.map(({ id }) => id),
    hosts: hosts.map(({ id }) => id),
  };
  const findings = [...facts, ...fragments].flatMap((each) => each.findings ?? []);
  const unplaced = target === 'compose' ? unplacedData(expanded, hosts) : [];
  return { platform, findings: [...referenceFindings(spec, expanded, known), ...unplaced, ...findings] };
}

function gitopsOf({ gitops }: Spec): Platform['gitops'] {
  const { repository, branch, interval, prune, rollback } = gitops;
  return {
    ...(repository === undefined ? {} : { repository }),
    branch,
    intervalMs: millisecondsIn(interval),
    prune: { max: prune.max, volumes: prune.volumes },
    rollback,
  };
}

function clusterOf(spec: Spec): Platform['cluster'] {
  const { context, namespace = spec.name, storageClass, version, routes, podSecurity, externalDns } = spec.cluster;
  const gpus = clusterGpusOf(spec);
  return {
    ...(context === undefined ? {} : { context }),
    namespace,
    ...(storageClass === undefined ? {} : { storageClass }),
    version,
    routes,
    ...(podSecurity === undefined ? {} : { podSecurity }),
    ...(externalDns === undefined ? {} : { externalDns }),
    ...(gpus.length === 0 ? {} : { gpus }),
  };
}
