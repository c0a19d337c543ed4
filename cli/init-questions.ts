/** The five things that a new platform file needs to know, how they are asked, and what is taken when nobody answers. */
export interface Question {
  /** Name of the flag. */
  readonly key: 'name' | 'domain' | 'forge' | 'target' | 'runners';
  readonly text: string;
  /** What may be answered, when it is one of a few words. */
  readonly choices?: readonly string[];
  readonly ifAbsent: string;
  /** Why an answer will not do; undefined when it will. */
  readonly wrong: (answer: string) => string | undefined;
}

export type Answers = Readonly<Record<Question['key'], string>>;

/** `folder`: name of the folder that the file is made in, which is the name that is proposed. */
export function questions(folder: string): readonly Question[] {
  return [
    {
      key: 'name',
      text: 'Name of the platform, the prefix of everything that is made for it',
      ifAbsent: proposedName(folder),
      wrong: (answer) =>
        /^[a-z](?:[-a-z0-9]{0,38}[a-z0-9])?$/.test(answer)
          ? undefined
          : 'lower-case letters, digits and inner dashes, a letter first, at most 40',
    },
    {
      key: 'domain',
      text: 'DNS domain that it is reached under; git.<domain> is the forge',
      ifAbsent: 'home.lan',
      wrong: (answer) =>
        answer.length <= 200 &&
        /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?)*$/.test(answer)
          ? undefined
          : 'a DNS name in lower case, such as home.example.org',
    },
    choice('forge', 'Git forge', ['forgejo', 'gitea', 'gitlab', 'none']),
    choice('target', 'What it runs on: Docker hosts or a Kubernetes cluster', ['compose', 'kubernetes']),
    {
      key: 'runners',
      text: 'The most CI runners at once; 0 for none',
      ifAbsent: '4',
      wrong: (answer) => (/^(?:\d|[1-9]\d{1,2})$/.test(answer) ? undefined : 'a number from 0 to 999'),
    },
  ];
}

function choice(key: Question['key'], text: string, choices: readonly [string, ...string[]]): Question {
  const wrong = (answer: string) => (choices.includes(answer) ? undefined : `one of ${choices.join(', ')}`);
  return { key, text, choices, ifAbsent: choices[0], wrong };
}

function proposedName(folder: string): string {
  const label = folder
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 40)
    .replace(/-+$/, '');
  return label === '' ? 'home' : label;
}

/** The answers as a platform file with comments. It is valid as it is. */
export function platformText({ name, domain, forge, target, runners }: Answers, schema: string): string {
  const hasForge = forge !== 'none';
  const isFollowed = forge !== 'none' && forge !== 'gitlab';
  const most = isFollowed ? Number(runners) : 0;
  return [
    `# yaml-language-server: $schema=${schema}`,
    '# One file describes the platform. Editors help with it once `autogit schema > autogit.schema.json` was run here.',
    `name: ${name}`,
    `domain: ${domain}`,
    ...(target === 'kubernetes' ? ['target: kubernetes'] : []),
    '',
    ...(hasForge
      ? [`# Repositories and CI jobs; its address is git.${domain}.`, `forge: ${forge}`, '']
      : ['# No forge. To have one, and runners for its jobs: `forge: forgejo`.', '']),
    '# Any other container. This one would be served at wiki.<domain>:',
    '# services:',
    '#   wiki:',
    '#     image: requarks/wiki:2',
    '#     port: 3000',
    '#     host: wiki',
    '#     volumes: { data: /wiki/data }',
    '#     health: { http: /healthz }',
    ...(forge === 'gitlab'
      ? [
          '',
          '# AutoGit does not follow the queue of GitLab yet: its runner is a service as any other, see the page of gitlab.',
        ]
      : []),
    ...(most === 0
      ? []
      : [
          '',
          '# Runners that come when jobs wait and go when it is quiet. Jobs ask for them by a label: `runs-on: docker`.',
          'runners:',
          `  linux: { labels: [docker], size: { max: ${most} } }`,
        ]),
    '',
  ].join('\n');
}
