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
});
