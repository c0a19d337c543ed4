import type { Demand } from '../../compiler/model/binding.ts';
import type { Component, ExpandContext, Fragment, PartContext } from '../../compiler/model/component.ts';
import type { Facts, Stream } from '../../compiler/model/facts.ts';
import type { Config, Route, Secret, Volume } from '../../compiler/model/platform.ts';
import { pointerTo } from '../../compiler/model/pointer.ts';
import { bytesIn } from '../../compiler/model/quantities.ts';
import { secretPath } from '../../compiler/model/secret-mounts.ts';
import type { GitlabSpec } from '../../schema/spec.ts';
import { asker, backupScript, backupsFolder, backupsVolume, gitlabDump, restoreScript, scriptPaths } from './backup.ts';
import { gitlabConfig } from './config.ts';
import { findingsOf } from './findings.ts';
import { forgeAlerts, scrapesOf } from './metrics.ts';
import { buckets, registryBucket, secretsOf } from './role-settings.ts';
import { ports } from './server-settings.ts';
import { startScript } from './start-script.ts';
import { authorityFile, trustOf } from './trust.ts';
import { gitlabUpgrade } from './upgrade.ts';
import { defaultImage, hasSecondDriver, nestsNginx } from './versions.ts';
import { files, workloadOf } from './workload.ts';

/** GitLab in the image of its package (https://docs.gitlab.com/install/docker/). */
export const gitlab: Component = {
  use: 'gitlab',
  role: 'forge',
  title: 'GitLab',
  licence: 'MIT',
  image: defaultImage,
  oracle: 'gitlab-rb',
  declare: (parameters, context) => declare(parameters as unknown as GitlabSpec, context),
  expand: (parameters, context) => expand(parameters as unknown as GitlabSpec, context),
  upgrade: gitlabUpgrade,
};

function declare(spec: GitlabSpec, context: PartContext): Facts {
  const { id, origin, platform } = context;
  const mail = spec.mail?.password;
  return {
    demands: demandsOf(spec, context),
    routes: routesOf(spec, context),
    streams: streamsOf(spec, context),
    volumes: volumesOf(spec, context),
    ...(platform.roles.includes('monitoring')
      ? { scrapes: scrapesOf(spec, id, origin), alerts: forgeAlerts(spec, origin) }
      : {}),
    dumps: isSaved(context) ? [gitlabDump(id, origin)] : [],
    secretUses: mail === undefined ? [] : [{ secret: mail, origin: pointerTo(origin, 'mail', 'password') }],
  };
}

function demandsOf(spec: GitlabSpec, { origin, platform, url }: PartContext): readonly Demand[] {
  const { database, cache, storage, registry } = spec;
  const place = (key: 'database' | 'cache' | 'storage') => (spec[key] === undefined ? origin : pointerTo(origin, key));
  const ifSaid = (value: string | undefined, role: string, otherwise: string) =>
    value === role ? { required: { otherwise } } : {};
  const kinds = [...Object.values(buckets), ...(registry === undefined ? [] : [registryBucket])];
  const signOn = { callbacks: [callbackOf(url)], pkce: true };
  return [
    ...(database === 'bundled'
      ? []
      : [
          {
            role: 'database',
            origin: place('database'),
            // The other two, pg_trgm and btree_gist, GitLab adds itself.
            extensions: ['amcheck'],
            ...ifSaid(database, 'database', 'write `database: bundled`'),
          } as const,
        ]),
    ...(cache === 'bundled'
      ? []
      : [{ role: 'cache', origin: place('cache'), ...ifSaid(cache, 'cache', 'write `cache: bundled`') } as const]),
    ...(storage === 'disk'
      ? []
      : [
          {
            role: 'objects',
            origin: place('storage'),
            buckets: kinds,
            ...ifSaid(storage, 'objects', 'write `storage: disk`'),
          } as const,
        ]),
    // The issuer answers through the ingress alone.
    ...(platform.roles.includes('sso')
      ? [{ role: 'sso', origin, wait: false, signOn } as const, { role: 'ingress', origin, wait: false } as const]
      : []),
  ];
}

function callbackOf(url = ''): string {
  return `${url}/users/auth/openid_connect/callback`;
}

function routesOf(spec: GitlabSpec, { id, origin, hostname, platform }: PartContext): readonly Route[] {
  const route = { path: '/', workload: id, port: ports.http };
  const main = {
    ...route,
    id,
    hostname: hostname ?? `${spec.host}.${platform.domain}`,
    origin: pointerTo(origin, 'host'),
  };
  if (spec.registry === undefined) return [main];
  const at = pointerTo(origin, 'registry', 'host');
  return [main, { ...route, id: `${id}-images`, hostname: `${spec.registry.host}.${platform.domain}`, origin: at }];
}

function streamsOf({ ssh }: GitlabSpec, { id, origin }: PartContext): readonly Stream[] {
  if (ssh?.through !== 'ingress') return [];
  const at = pointerTo(origin, 'ssh', 'port');
  return [{ id: `${id}-ssh`, workload: id, name: 'ssh', port: ports.ssh, listen: ssh.port, origin: at }];
}

function volumesOf(spec: GitlabSpec, context: PartContext): readonly Volume[] {
  const { id, origin } = context;
  const volume = (name: string, sizeBytes: number): Volume => ({
    id: `${id}-${name}`,
    workload: id,
    origin,
    sizeBytes,
  });
  return [
    volume('config', 2 ** 30),
    volume('data', bytesIn(spec.size)),
    { ...volume('logs', 5 * 2 ** 30), backup: false },
    // As large as the data: an archive waits here until it is saved.
    ...(isSaved(context) ? [{ ...volume('backups', bytesIn(spec.size)), backup: false }] : []),
  ];
}

function isSaved({ platform }: PartContext): boolean {
  return platform.roles.includes('backup');
}

function expand(spec: GitlabSpec, context: ExpandContext): Fragment {
  const { id, origin } = context;
  const trust = trustOf(context);
  const rootPassword: Secret = { id: `${id}-root-password`, origin, source: { kind: 'generate', length: 32 } };
  const mail = spec.mail?.password;
  const secrets = [rootPassword.id, ...secretsOf(context.bindings), ...(mail === undefined ? [] : [mail])];
  const configs = configsOf(spec, context, { rootPassword: rootPassword.id, secrets });
  const saved = isSaved(context);
  return {
    workloads: [
      workloadOf(spec, context, {
        image: spec.image ?? defaultImage,
        configs,
        secrets,
        mounts: [
          ...trust.mounts,
          ...(saved
            ? [{ kind: 'volume', volume: backupsVolume(id), path: backupsFolder, readOnly: false } as const]
            : []),
        ],
        needs: trust.workloads.map((job) => ({ workload: job.id, condition: 'done', origin })),
      }),
      ...trust.workloads,
    ],
    ready: [id],
    configs,
    secrets: [rootPassword, ...trust.secrets],
    volumes: trust.volumes,
    findings: findingsOf(spec, context),
  };
}

interface Named {
  /** Ids of secrets: of the first account, and all. */
  readonly rootPassword: string;
  readonly secrets: readonly string[];
}

function configsOf(spec: GitlabSpec, context: ExpandContext, { rootPassword, secrets }: Named): readonly Config[] {
  const { id, origin, bindings, platform, hostname = '', url = '' } = context;
  const [scheme, rest] = url.split('://') as [string, string];
  const registryUrl =
    spec.registry === undefined
      ? undefined
      : `${scheme}://${spec.registry.host}.${platform.domain}${rest.slice(hostname.length)}`;
  const settings = gitlabConfig({
    spec,
    bindings,
    url,
    hostname,
    registryUrl,
    rootPassword,
    nested: nestsNginx(spec.image ?? defaultImage),
    secondDriver: hasSecondDriver(spec.image ?? defaultImage),
    callback: callbackOf(url),
    watched: platform.roles.includes('monitoring'),
  });
  const backups = {
    folder: backupsFolder,
    backupPath: scriptPaths.backup,
    restorePath: scriptPaths.restore,
    user: asker,
  };
  const saved = isSaved(context);
  const start = startScript({
    secretFiles: secrets.map(secretPath),
    authorityFile,
    ...(saved ? { backups } : {}),
  });
  const texts: Readonly<Record<string, string>> = {
    [files.settings]: settings,
    [files.start]: start,
    ...(saved ? { [files.backup]: backupScript(), [files.restore]: restoreScript() } : {}),
  };
  return Object.entries(texts).map(([file, text]) => ({
    id: `${id}-${file.replace(/\..*$/, '')}`,
    workload: id,
    origin,
    file,
    text,
  }));
}
