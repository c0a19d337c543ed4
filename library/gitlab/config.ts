import type { Bindings } from '../../compiler/model/binding.ts';
import type { GitlabSpec } from '../../schema/spec.ts';
import { metricsSettings } from './metrics.ts';
import { profileSettings } from './profile.ts';
import { cacheSettings, databaseSettings, objectSettings, registrySettings, signOnSettings } from './role-settings.ts';
import { type Setting, settingText } from './ruby.ts';
import { accountSettings, mailSettings, type Served, serverSettings, sshSettings } from './server-settings.ts';

export interface GitlabConfig extends Served {
  readonly spec: GitlabSpec;
  /** What its demands got; what is absent it does with what it brings. */
  readonly bindings: Partial<Bindings>;
  /** `https://registry.home.lan`; absent means no registry. */
  readonly registryUrl?: string | undefined;
  /** Whether the registry has the second driver for S3: 19.0 and later. */
  readonly secondDriver: boolean;
  /** Where users come back to from sign-on. */
  readonly callback: string;
  /** Whether there is anybody who reads metrics. */
  readonly watched: boolean;
}

/**
 * The settings of GitLab as Ruby (https://docs.gitlab.com/omnibus/settings/configuration/). No secret stands in it: each
 * is read from its file whenever GitLab is set up, which is at every start.
 */
export function gitlabConfig(config: GitlabConfig): string {
  const { spec, bindings, registryUrl, nested, callback, watched } = config;
  const groups: readonly (readonly [title: string, settings: readonly Setting[]])[] = [
    ['Where it is reached', serverSettings(config)],
    ['First account', accountSettings(config)],
    ['SSH', sshSettings(spec, config)],
    ['Mail', mailSettings(spec, config)],
    ['Sign-on', signOnSettings(bindings.sso, callback)],
    ['Database', databaseSettings(bindings.database)],
    ['Cache', cacheSettings(bindings.cache)],
    ['Objects', objectSettings(bindings.objects, nested)],
    ['Registry', registrySettings(registryUrl, config, bindings.objects)],
    [`Memory: the profile ${spec.profile}`, profileSettings(spec)],
    ['Gitaly and metrics', metricsSettings(spec, watched)],
  ];
  const written = groups.filter(([, settings]) => settings.length > 0);
  return [
    '# Written by AutoGit from autogit.yaml. What stands in /etc/gitlab/gitlab.rb is read later and wins.',
    ...written.flatMap(([title, settings]) => ['', `# ${title}`, ...settings.map(settingText)]),
    '',
  ].join('\n');
}
