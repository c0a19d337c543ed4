import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { compile } from '../../compiler/compile.ts';
import { targets } from '../../compiler/targets.ts';
import { catalog } from '../../library/catalog.ts';

const base = `name: home
domain: home.lan
services:
  wiki: { image: "requarks/wiki:2", port: 3000, host: wiki }
patches:
`;

function compiled(patches: string, target: 'compose' | 'kubernetes' | 'all' = 'all') {
  return compile({ file: 'autogit.yaml', bytes: Buffer.from(base + patches), catalog, targets, target });
}

async function rendered(patches: string, path: string) {
  const { diagnostics, rendered } = await compiled(patches);
  expect(diagnostics).toEqual([]);
  const manifest = rendered?.manifests.find((each) => each.path === path);
  if (manifest === undefined) throw new Error(`${path} was not rendered`);
  return parse(manifest.text);
}

async function said(patches: string, target: 'compose' | 'kubernetes' | 'all' = 'all') {
  const { diagnostics } = await compiled(patches, target);
  return diagnostics.map(({ code, range, message, hint }) => `${range.start.line} ${code}: ${message}; ${hint}`);
}

const deployment = 'kubernetes/wiki/deployment-home-wiki.yaml';

describe('a patch', () => {
  it('merges into a Kubernetes object', async () => {
    const object = await rendered(
      '  - { target: { kind: Deployment, name: home-wiki }, why: slow disk, merge: { spec: { template: { spec: { nodeSelector: { disk: big } } } } } }\n',
      deployment,
    );
    expect(object.spec.template.spec).toMatchObject({ nodeSelector: { disk: 'big' }, enableServiceLinks: false });
  });

  it('removes with null, replaces lists, and takes steps in their order', async () => {
    const object = await rendered(
      `  - { target: { kind: Deployment, name: home-wiki }, why: autoscaled, merge: { spec: { replicas: null } } }
  - target: { kind: Deployment, name: home-wiki }
    why: a sidecar needs it
    json:
      - { op: test, path: /spec/template/spec/enableServiceLinks, value: false }
      - { op: add, path: /spec/template/metadata/annotations/example.org~1a, value: "1" }
      - { op: replace, path: /spec/template/metadata/annotations/example.org~1a, value: "2" }
`,
      deployment,
    );
    expect(object.spec).not.toHaveProperty('replicas');
    expect(object.spec.template.metadata.annotations['example.org/a']).toBe('2');
  });

  it('changes the Compose model that the reconciler applies, not only its text', async () => {
    const patches =
      '  - { target: { kind: service, name: wiki }, why: many threads, merge: { deploy: { resources: { limits: { pids: 9000 } } } } }\n';
    const { rendered } = await compiled(patches);
    expect(rendered?.projects?.[0]?.model.services.wiki?.deploy.resources.limits.pids).toBe(9000);
    expect(rendered?.manifests.find(({ kind }) => kind === 'compose')?.text).toContain('pids: 9000');
  });

  it('is told, and not shown, when it holds a secret', async () => {
    const inEnvironment =
      '  - { target: { kind: service, name: wiki }, why: w, merge: { environment: { DB_PASSWORD: hunter2-hunter2 } } }\n';
    const inList =
      '  - { target: { kind: Deployment, name: home-wiki }, why: w, json: [{ op: add, path: /spec/template/spec/containers/0/env/-, value: { name: DB_PASSWORD, value: hunter2-hunter2 } }] }\n';
    expect(await said(inEnvironment, 'compose')).toEqual([expect.stringMatching(/^6 AG426: DB_PASSWORD stands in/)]);
    expect((await said(inList, 'compose')).join('\n')).not.toContain('hunter2');
  });

  it('that changes nothing says so, on both targets; one that only tests is there to fail one day', async () => {
    const service = (change: string) =>
      said(`  - { target: { kind: service, name: wiki }, why: w, ${change} }\n`, 'compose');
    const told =
      "6 AG541: the patch of service 'wiki' changes nothing: the object is rendered like that already; remove the patch, or write what it should change";
    expect(await service('merge: {}')).toEqual([told]);
    expect(await service('merge: { init: true, labels: { a: null } }')).toEqual([told]);
    expect(await service('json: [{ op: add, path: /init, value: true }]')).toEqual([told]);
    expect(await service('json: [{ op: test, path: /init, value: true }]')).toEqual([]);
    const deployment = (merge: string) =>
      said(`  - { target: { kind: Deployment, name: home-wiki }, why: w, merge: ${merge} }\n`, 'kubernetes');
    expect((await deployment('{ spec: { template: {} } }')).join('\n')).toMatch(/^6 AG541: the patch of Deployment/);
    expect((await deployment('{ spec: null }')).join('\n')).toMatch(/^6 AG512: .*does not know: spec is missing;/);
  });

  it('of one target is no matter of the other', async () => {
    const patches =
      '  - { target: { kind: Deployment, name: home-wiki }, why: w, merge: { spec: { replicas: null } } }\n';
    expect(await said(patches, 'compose')).toEqual([]);
  });
});

describe('a patch that is refused', () => {
  it('names nothing', async () => {
    expect(await said('  - { target: { kind: Deployment, name: home-wikki }, why: w, merge: {} }\n')).toEqual([
      "6 AG510: no Deployment called 'home-wikki' is rendered; did you mean 'home-wiki'?",
    ]);
    expect(
      await said('  - { target: { kind: Deploymnt, name: home-wiki }, why: w, merge: {} }\n', 'kubernetes'),
    ).toEqual(["6 AG510: nothing of kind Deploymnt is rendered; did you mean 'Deployment'?"]);
    expect(await said('  - { target: { kind: service, name: wik }, why: w, merge: {} }\n')).toEqual([
      "6 AG510: no service called 'wik' is rendered; did you mean 'wiki'?",
    ]);
  });

  it('has a step that finds nothing, another value, or nowhere to add', async () => {
    const json = (step: string) => said(`  - { target: { kind: service, name: wiki }, why: w, json: [${step}] }\n`);
    expect(await json('{ op: remove, path: /nothing }')).toEqual([
      "6 AG511: the patch of service 'wiki' cannot be applied: there is no /nothing; look at the rendered compose.yaml; an upgrade may have moved what the patch changes",
    ]);
    expect((await json('{ op: test, path: /image, value: "other:1" }')).join('\n')).toMatch(
      /the value at \/image is another one/,
    );
    expect((await json('{ op: add, path: /no/where, value: 1 }')).join('\n')).toMatch(
      /there is nothing to add \/no\/where to/,
    );
  });

  it('names a place that no JSON pointer can name, or that is inside a text', async () => {
    const json = async (step: string) =>
      (await said(`  - { target: { kind: service, name: wiki }, why: w, json: [${step}] }\n`, 'compose')).join('\n');
    for (const op of ['add', 'remove', 'replace', 'test']) {
      expect(await json(`{ op: ${op}, path: /image/0, value: 1 }`)).toMatch(/^6 AG511: /);
      expect(await json(`{ op: ${op}, path: /image/length, value: 1 }`)).toMatch(/^6 AG511: /);
      for (const key of ['foo', '-1', '00', '" 0"', 'length', '1e0', '2', '""'])
        expect(await json(`{ op: ${op}, path: "/cap_drop/${key.replaceAll('"', '')}", value: ALL }`)).toMatch(
          /^6 AG511: .*\/cap_drop/,
        );
      expect(await json(`{ op: ${op}, path: "/labels/a~2", value: b }`)).toMatch(/^6 AG511: .*write `~0`/);
      if (op !== 'add') expect(await json(`{ op: ${op}, path: /cap_drop/-, value: b }`)).toMatch(/^6 AG511: .*`-`/);
    }
    expect(await json('{ op: replace, path: /cap_drop/length, value: /zz }')).toContain(
      "/cap_drop is a list, and 'length' is no index of it: write 0 for its first item",
    );
    expect(await json('{ op: add, path: /labels/a }')).toMatch(/AG511: .*`add` needs a `value`/);
    expect(await json('{ op: remove, path: /cap_drop/1 }')).toContain('the last item of /cap_drop is /cap_drop/0');
  });

  it('is judged step by step: what an earlier step made is there for the next', async () => {
    const json = (steps: string) =>
      said(`  - { target: { kind: service, name: wiki }, why: w, json: [${steps}] }\n`, 'compose');
    const grown = '{ op: add, path: /cap_add, value: [] }, { op: add, path: /cap_add/-, value: CHOWN }';
    expect(await json(`${grown}, { op: add, path: /cap_add/1, value: FOWNER }`)).toEqual([]);
    expect((await json(`${grown}, { op: add, path: /cap_add/2, value: FOWNER }`)).join('\n')).toMatch(
      /^6 AG511: .*the last item of \/cap_add is \/cap_add\/0/,
    );
  });

  it('makes an object that the target does not know', async () => {
    expect(
      (
        await said('  - { target: { kind: Deployment, name: home-wiki }, why: w, merge: { spec: { replica: 2 } } }\n')
      ).join('\n'),
    ).toMatch(/^6 AG512: .*\/spec\/replica: is not known/);
    expect(
      (
        await said(
          '  - { target: { kind: Deployment, name: home-wiki }, why: w, merge: { metadata: { name: other } } }\n',
        )
      ).join('\n'),
    ).toMatch(/^6 AG512: .*apiVersion, kind, name and namespace cannot change/);
    expect(
      (await said('  - { target: { kind: service, name: wiki }, why: w, merge: { privileged: "yes" } }\n')).join('\n'),
    ).toMatch(/^6 AG512/);
  });

  it('asks the reconciler for what it would not carry out', async () => {
    expect(
      (await said('  - { target: { kind: service, name: wiki }, why: w, merge: { domainname: x } }\n')).join('\n'),
    ).toMatch(/^6 AG512: .*\/domainname: is in the file, but the reconciler would not carry it out/);
  });

  it('says in another form what the reconciler reads in one only', async () => {
    const ofService = async (merge: string) =>
      (await said(`  - { target: { kind: service, name: wiki }, why: w, merge: ${merge} }\n`, 'compose')).join('\n');
    expect(await ofService('{ volumes: ["/:/host"] }')).toMatch(/AG512: .*\/volumes\/0: is no object/);
    expect(await ofService('{ ports: ["80:80"] }')).toMatch(/AG512: .*\/ports\/0: is no object/);
    expect(await ofService('{ environment: ["A=b"] }')).toMatch(/AG512: .*\/environment: is no object/);
    expect(await ofService('{ healthcheck: { disable: true } }')).toMatch(/AG512: .*\/healthcheck: test is missing/);
    expect(await ofService('{ stop_grace_period: 1.5s }')).toMatch(/AG512: .*\/stop_grace_period: does not match/);
    expect(await ofService('{ deploy: null }')).toMatch(/AG512: .*carried out: deploy is missing/);
    expect(await ofService('{ deploy: { resources: { limits: { memory: 0b } } } }')).toMatch(
      /\/memory: does not match/,
    );
  });

  it('leads out of the project, or back up on the host', async () => {
    const ofService = async (merge: string) =>
      (await said(`  - { target: { kind: service, name: wiki }, why: w, merge: ${merge} }\n`, 'compose')).join('\n');
    const bind = (source: string) =>
      ofService(`{ volumes: [{ type: bind, source: ${source}, target: /x, bind: { create_host_path: false } }] }`);
    expect(await bind('/srv/../etc')).toMatch(/AG512: .*\/source: does not match/);
    expect(await bind('./etc')).toMatch(/AG512: .*\/source: does not match/);
    expect(await bind('/srv/data')).toBe('');
    expect(await ofService('{ volumes: [{ type: volume, source: other_db, target: /x }] }')).toMatch(
      /AG512: .*the project has no volume 'other_db'/,
    );
    expect(await ofService('{ networks: { host: { aliases: [] } } }')).toMatch(/AG512: .*has no network 'host'/);
    expect(await ofService('{ secrets: [{ source: tok, target: /x }] }')).toMatch(/AG512: .*has no secret 'tok'/);
    expect(await ofService('{ depends_on: { other: { condition: service_started } } }')).toMatch(/`needs:` says it/);
    expect(await ofService('{ environment: { A: { secret: tok } } }')).toMatch(/`environment:` .* refers to secrets/);
  });

  it('changes what AutoGit knows its objects by, or what the file says and other checks look at', async () => {
    const ofService = async (merge: string) =>
      (await said(`  - { target: { kind: service, name: wiki }, why: w, merge: ${merge} }\n`, 'compose')).join('\n');
    expect(await ofService('{ image: "other/wiki:1" }')).toMatch(/AG512: .*`image:` of the service says it/);
    expect(await ofService('{ network_mode: host }')).toMatch(/AG512: .*`hostNetwork: true` of the service/);
    expect(await ofService('{ cap_drop: [] }')).toMatch(/AG512: .*\/cap_drop: cannot be patched/);
    expect(await ofService('{ security_opt: ["seccomp=unconfined"] }')).toMatch(/AG512: .*gain privileges/);
    expect(await ofService('{ labels: { autogit.dev/pool: linux } }')).toMatch(/AG512: .*kept for AutoGit/);
    expect(await ofService('{ labels: { com.docker.compose.project: x } }')).toMatch(/AG512: .*kept for AutoGit/);
    expect(await ofService('{ labels: { example.org/a: b } }')).toBe('');
    const network = (merge: string) =>
      said(`  - { target: { kind: network, name: ingress-wiki }, why: w, merge: ${merge} }\n`, 'compose');
    expect((await network('{ name: bridge }')).join('\n')).toMatch(/AG512: .*\/name: cannot be patched/);
    expect((await network('{ external: true }')).join('\n')).toMatch(/AG512: .*would not carry it out/);
    expect(await network('{ internal: null }')).toEqual([]);
  });

  it('reaches for a prototype, where no review would see it', async () => {
    const hidden =
      '  - { target: { kind: service, name: wiki }, why: w, merge: { __proto__: { devices: ["/dev/sda"] } } }\n';
    expect((await said(hidden, 'compose')).join('\n')).toMatch(/AG512: .*\/__proto__: is in the file/);
    for (const path of ['/__proto__/a', '/labels/constructor/a', '""', 'wiki', 'a/b'])
      expect(
        (
          await said(
            `  - { target: { kind: service, name: wiki }, why: w, json: [{ op: add, path: ${path}, value: b }] }\n`,
            'compose',
          )
        ).join('\n'),
      ).toMatch(
        /^6 AG511: .*(?:holds a key that no step can reach|as a whole cannot be replaced|a path begins with a slash)/,
      );
  });
});
