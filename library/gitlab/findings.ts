import type { Bindings } from '../../compiler/model/binding.ts';
import type { ExpandContext } from '../../compiler/model/component.ts';
import { compareVersions, imageVersion } from '../../compiler/model/image-version.ts';
import { pointerTo } from '../../compiler/model/pointer.ts';
import { sizeText } from '../../compiler/model/quantities.ts';
import type { Finding } from '../../schema/diagnostic.ts';
import type { GitlabSpec } from '../../schema/spec.ts';
import { gitlabLimits, profiles } from './profile.ts';
import { senderOf } from './server-settings.ts';
import { databaseRange, defaultImage, oldest } from './versions.ts';

/** Everything that GitLab would find out when it starts, minutes later. */
export function findingsOf(spec: GitlabSpec, { origin, bindings }: ExpandContext): readonly Finding[] {
  return [
    ...memoryFindings(spec, origin),
    ...versionFindings(spec, origin),
    ...databaseFindings(spec, origin, bindings),
    ...cacheFindings(origin, bindings),
    ...mailFindings(spec, origin),
  ];
}

function memoryFindings(spec: GitlabSpec, origin: string): readonly Finding[] {
  const { memoryBytes } = gitlabLimits(spec);
  const { leastBytes } = profiles[spec.profile];
  if (memoryBytes >= leastBytes) return [];
  const small =
    spec.profile === 'standard' ? ', or take `profile: small`' : ', or take a light forge: `forge: forgejo`';
  return [
    {
      code: 'AG437',
      pointer: pointerTo(origin, 'limits', 'memory'),
      message: `GitLab with the profile ${spec.profile} does not start in ${sizeText(memoryBytes)}`,
      hint: `give it at least ${sizeText(leastBytes)}${small}`,
    },
  ];
}

function versionFindings({ image = defaultImage }: GitlabSpec, origin: string): readonly Finding[] {
  const version = imageVersion(image);
  const pointer = pointerTo(origin, 'image');
  const hint = `name a version in the tag, ${oldest.join('.')} or later: ${defaultImage}`;
  if (version === undefined) {
    const message = `${image} does not say which version of GitLab it is, so no upgrade and no database can be judged`;
    return [{ code: 'AG440', severity: 'warning', pointer, message, hint }];
  }
  if (compareVersions(version, oldest) >= 0) return [];
  const message = `AutoGit does not know the settings of GitLab ${version.join('.')}`;
  return [{ code: 'AG438', pointer, message, hint }];
}

function databaseFindings(
  { image = defaultImage }: GitlabSpec,
  origin: string,
  { database }: Partial<Bindings>,
): readonly Finding[] {
  const major = database?.version?.[0];
  const range = databaseRange(image);
  if (major === undefined || range === undefined || (major >= range.least && major <= range.most)) return [];
  const allowed = range.least === range.most ? `${range.least}` : `${range.least} to ${range.most}`;
  return [
    {
      code: 'AG311',
      pointer: origin,
      message: `GitLab ${imageVersion(image)?.join('.')} works with PostgreSQL ${allowed}, but the database is PostgreSQL ${major}`,
      hint: `name another version: \`database: { use: postgres, image: "postgres:${range.most}" }\`, which needs a dump where there is data, or let GitLab use its own: \`database: bundled\``,
      related: [{ pointer: '/database', message: 'the database is here' }],
    },
  ];
}

function cacheFindings(origin: string, { cache }: Partial<Bindings>): readonly Finding[] {
  if (cache?.evicts !== true) return [];
  return [
    {
      code: 'AG312',
      pointer: '/cache/eviction',
      message:
        'the cache throws away what was not used for longest, and GitLab keeps its background jobs and sessions in it',
      hint: 'write `eviction: none`, or let GitLab use its own: `cache: bundled`',
      related: [{ pointer: origin, message: 'GitLab is here' }],
    },
  ];
}

function mailFindings({ mail }: GitlabSpec, origin: string): readonly Finding[] {
  if (mail === undefined) return [];
  const addresses = (['from', 'replyTo'] as const).flatMap((key): readonly Finding[] => {
    const text = mail[key];
    if (text === undefined || /^[^\s@<>"',;:]+@[^\s@<>"',;:]+$/.test(senderOf(text).address)) return [];
    return [
      {
        code: 'AG439',
        pointer: pointerTo(origin, 'mail', key),
        message: `'${text}' is no address of mail`,
        hint: 'write an address, `git@example.org`, or a name with it, `Git <git@example.org>`',
      },
    ];
  });
  if ((mail.user === undefined) === (mail.password === undefined)) return addresses;
  const [there, missing] = mail.user === undefined ? (['password', 'user'] as const) : (['user', 'password'] as const);
  return [
    ...addresses,
    {
      code: 'AG439',
      pointer: pointerTo(origin, 'mail', there),
      at: 'key',
      message: `\`${there}\` is there and \`${missing}\` is not, so GitLab could not sign in at the mail server`,
      hint: missing === 'password' ? 'add `password` with the id of a secret' : 'add `user`, or remove `password`',
    },
  ];
}
