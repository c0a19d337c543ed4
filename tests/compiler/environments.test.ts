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
