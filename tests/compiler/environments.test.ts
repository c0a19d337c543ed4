import { describe, expect, it } from 'vitest';
import { type CompileInput, compile } from '../../compiler/compile.ts';
import { targets } from '../../compiler/targets.ts';
import { catalog } from '../../library/catalog.ts';
import { bytesOf, cases } from './cases.ts';

const file = `name: home
domain: home.example.org
forge: forgejo
services:
  wiki:
    image: "requarks/wiki:2"
    port: 3000
    host: wiki
    command: [serve, --public]
    limits: { cpus: 2, memory: 1Gi }
  chat: { image: "chat:1" }
runners:
  linux: { labels: [docker] }
  cuda: { labels: [cuda] }
`;

function compiled(text: string, options: Partial<CompileInput> = {}) {
  return compile({ file: 'autogit.yaml', bytes: Buffer.from(text), catalog, targets, ...options });
}

/** What the file with these environments means in one of them. */
async function platformIn(environment: string, environments: string) {
  const { diagnostics, platform } = await compiled(`${file}environments:\n${environments}`, { environment });
  expect(diagnostics).toEqual([]);
  if (platform === undefined) throw new Error('nothing was compiled');
  return platform;
}

/** One line for each diagnostic, with the text that it points at. */
async function said(environments: string, options: Partial<CompileInput> = { everyEnvironment: true }) {
  const text = `${file}environments:\n${environments}`;
  const { diagnostics } = await compiled(text, options);
  return diagnostics.map(({ code, message, hint, range }) => {
    const { line } = range.start;
    return `${line} ‹${text.slice(range.start.offset, range.end.offset)}› ${code}: ${message}; ${hint}`;
  });
}

describe('an environment', () => {
  it('merges maps by key, replaces lists and scalars, and removes with null', async () => {
    const platform = await platformIn(
      'staging',
      `  staging:
    domain: staging.example.org
    services:
      wiki: { command: [serve], limits: { cpus: 1 } }
      chat: null
    runners: { cuda: null }
`,
    );
    expect(platform.domain).toBe('staging.example.org');
    const wiki = platform.workloads.find(({ id }) => id === 'wiki');
    expect(wiki).toMatchObject({
      command: ['serve'],
      limits: { cpus: 1, memoryBytes: 2 ** 30 },
      image: 'requarks/wiki:2',
    });
    expect(platform.workloads.map(({ id }) => id)).toEqual(['forge', 'ingress', 'wiki']);
    expect(platform.pools.map(({ id }) => id)).toEqual(['linux']);
    expect(platform.routes.map(({ hostname }) => hostname)).toContain('wiki.staging.example.org');
  });

  it('reads a short form as the map that it is short for', async () => {
    const staging = await platformIn(
      'staging',
      '  staging: { forge: { host: code }, services: { wiki: { host: { path: /docs } } } }\n',
    );
    expect(staging.routes).toMatchObject([
      { id: 'forge', hostname: 'code.home.example.org' },
      { id: 'wiki', hostname: 'wiki.home.example.org', path: '/docs' },
    ]);
  });

  it('keeps nothing of a component that another one takes the place of', async () => {
    const text = `${file.replace('forge: forgejo', 'forge: { use: forgejo, image: "codeberg.org/forgejo/forgejo:11-rootless" }')}environments:
  staging: { forge: gitea }
`;
    const { diagnostics, platform } = await compiled(text, { environment: 'staging' });
    expect(diagnostics).toEqual([]);
    expect(platform?.workloads.find(({ id }) => id === 'forge')?.image).toMatch(/gitea/);
  });

  it('adds what the file does not have', async () => {
    const platform = await platformIn('staging', '  staging: { services: { probe: { image: "probe:1" } } }\n');
    expect(platform.workloads.map(({ id }) => id)).toContain('probe');
  });

  it.each(cases().filter(({ name }) => name !== 'own-platform'))(
    'that says nothing changes no byte: $name',
    async (each) => {
      const text = Buffer.from(bytesOf(each)).toString('utf8');
      if (/^environments:/m.test(text)) return;
      const plain = await compiled(text, { target: each.target });
      const empty = await compiled(`${text}\nenvironments: { same: {} }\n`, {
        target: each.target,
        environment: 'same',
      });
      expect(empty.rendered).toEqual(plain.rendered);
      expect(empty.platform).toEqual(plain.platform);
    },
  );
});

describe('mistakes in an environment', () => {
  it('are told at the line of the environment, and named', async () => {
    expect(await said('  staging:\n    services:\n      wiki: { prot: 3000 }\n')).toEqual([
      "18 ‹prot› AG201: unknown key 'prot' in `services.wiki` (in environment 'staging'); did you mean `port`?",
    ]);
  });

  it('are found where the file says it when only the environment makes it wrong', async () => {
    expect(await said('  staging: { forge: null }\n')).toEqual([
      "13 ‹linux› AG304: pool 'linux' has no forge that could give it jobs (in environment 'staging'); add `forge: forgejo`, or the address of yours: `forge: { use: gitea, url: https://git.example.org }`",
      "14 ‹cuda› AG304: pool 'cuda' has no forge that could give it jobs (in environment 'staging'); add `forge: forgejo`, or the address of yours: `forge: { use: gitea, url: https://git.example.org }`",
    ]);
  });

  it('of the file itself are told once', async () => {
    const text = `${file.replace('image: "chat:1"', 'imag: "chat:1"')}environments: { a: {}, b: { domain: b.example.org } }\n`;
    const { diagnostics } = await compiled(text, { everyEnvironment: true });
    expect(diagnostics.map(({ message }) => message)).toEqual(["unknown key 'imag' in `services.chat`"]);
  });

  it('a null that removes nothing', async () => {
    expect(await said('  staging: { services: { wikki: null } }\n')).toEqual([
      "16 ‹wikki› AG308: environment 'staging' removes 'wikki', which the file does not have here; did you mean 'wiki'?",
    ]);
  });

  it('a key that is the same everywhere', async () => {
    expect(await said('  staging: { version: 1 }\n')).toEqual([
      "16 ‹version› AG307: environment 'staging' cannot change `version`, which is the same for all; remove the line",
    ]);
  });

  it('an environment that is not there', async () => {
    const [line] = await said('  staging: {}\n', { environment: 'stagin' });
    expect(line).toMatch(/AG309: there is no environment 'stagin'; did you mean 'staging'\?$/);
  });

  it('do not stop another environment', async () => {
    expect(await said('  good: {}\n  bad: { forge: null }\n', { environment: 'good' })).toEqual([]);
  });
});

describe('environments on one engine', () => {
  const one = 'name: home\ndomain: home.lan\nservices: { wiki: { image: "wiki:1", port: 80, host: wiki } }\n';
  const told = async (rest: string) => {
    const { diagnostics } = await compiled(one + rest, { everyEnvironment: true });
    return diagnostics.map(({ code, severity, message }) => `${severity} ${code}: ${message}`);
  };

  it('are told when they have one name, whichever ports they have', async () => {
    expect(await told('environments: { staging: { domain: staging.home.lan } }\n')).toEqual([
      "warning AG471: environment 'staging' and the file as it stands are both called 'home' and run on the engine unix:///var/run/docker.sock: containers and volumes of both would have the same names",
    ]);
  });

  it('are told when they publish the same ports', async () => {
    expect(await told('environments: { staging: { name: stg, domain: stg.home.lan } }\n')).toEqual([
      "warning AG471: environment 'staging' and the file as it stands both publish port 80 and 443 of the engine unix:///var/run/docker.sock, and only one of them can have it",
    ]);
  });

  it('are told when two of them are alike and the file as it stands is another', async () => {
    const own = 'domain: x.home.lan, hosts: { local: "tcp://x.lan:2376" }';
    expect(await told(`environments: { a: { name: x, ${own} }, b: { name: x, ${own} } }\n`)).toEqual([
      "warning AG471: environment 'b' and environment 'a' are both called 'x' and run on the engine tcp://x.lan:2376: containers and volumes of both would have the same names",
    ]);
  });

  it.each([
    ['other hosts', 'environments: { staging: { hosts: { local: "tcp://staging.lan:2376" } } }'],
    [
      'another name and other ports',
      'environments: { staging: { name: stg, ingress: { use: traefik, http: 81, https: 444 } } }',
    ],
    ['another target', 'environments: { staging: { target: kubernetes, accept: { AG501: x } } }'],
    ['a reason', 'environments: { staging: { domain: s.lan } }\naccept: { AG471: it runs on another machine }'],
  ])('are not told with %s', async (_what, rest) => {
    expect((await told(`${rest}\n`)).filter((line) => line.includes('AG471'))).toEqual([]);
  });

  it('are told in one namespace of a cluster', async () => {
    const [line] = await told('target: kubernetes\nenvironments: { staging: { domain: staging.home.lan } }\n');
    expect(line).toMatch(/^warning AG471: .* are both called 'home' and run on namespace 'home'/);
  });
});

describe('a part of an environment that the file does not have', () => {
  const told = async (services: string) => {
    const text = `name: home\ndomain: home.lan\nservices: { homepage: { image: "page:1" } }\nenvironments: { staging: { name: stg, services: ${services} } }\n`;
    const { diagnostics } = await compiled(text, { everyEnvironment: true });
    return diagnostics.map(({ code, message }) => `${code}: ${message}`);
  };

  it('is told when its name is nearly one of the file', async () => {
    expect(await told('{ homepgae: { image: "page:2" } }')).toEqual([
      "AG472: environment 'staging' adds service 'homepgae', beside 'homepage' of the file, which stays as it is",
    ]);
  });

  it('is not told when it is another one, or is numbered', async () => {
    expect(await told('{ notes: { image: "notes:1" }, homepage2: { image: "page:2" } }')).toEqual([]);
  });
});
