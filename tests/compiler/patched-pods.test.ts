/** Patches whose pods a namespace would refuse, which nobody would see at the Deployment. */
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { compile } from '../../compiler/compile.ts';
import { offencesOf, type PodJson } from '../../compiler/kubernetes/pod-standards.ts';
import { isLaxer, type Level, levels } from '../../compiler/kubernetes/security.ts';
import { minorOf } from '../../compiler/kubernetes/versions.ts';
import { targets } from '../../compiler/targets.ts';
import { catalog } from '../../library/catalog.ts';
import { bytesOf, cases } from './cases.ts';

async function said(patches: string, cluster = '{}') {
  const text = `name: home
domain: home.lan
target: kubernetes
cluster: ${cluster}
services:
  wiki: { image: "requarks/wiki:2", port: 3000, host: wiki, user: "1000:1000" }
patches:
${patches}`;
  const { diagnostics } = await compile({ file: 'autogit.yaml', bytes: Buffer.from(text), catalog, targets });
  return diagnostics.map(({ code, range, message, hint }) => `${range.start.line} ${code}: ${message}; ${hint}`);
}

const ofPod = (spec: string) =>
  `  - { target: { kind: Deployment, name: home-wiki }, why: w, merge: { spec: { template: { spec: ${spec} } } } }\n`;
const ofContainer = (path: string, value: string) =>
  `  - { target: { kind: Deployment, name: home-wiki }, why: w, json: [{ op: add, path: /spec/template/spec/containers/0/${path}, value: ${value} }] }\n`;
const privileged = ofContainer('securityContext', '{ privileged: true }');

describe('a patch that makes a pod do more than its namespace allows', () => {
  it('is told at its line, with all that is refused and the level that would allow it', async () => {
    expect(await said(privileged)).toEqual([
      "8 AG532: with the patch the pods of Deployment 'home-wiki' are refused by their namespace, which enforces the Pod Security level restricted: container 'wiki' is privileged, container 'wiki' does not drop all capabilities, container 'wiki' may gain privileges; do without it, or write `cluster: { podSecurity: privileged }`, which lets every pod of the platform do so",
    ]);
    expect((await said(ofPod('{ securityContext: { runAsNonRoot: false } }'))).join('\n')).toMatch(
      /^8 AG532: .*container 'wiki' may run as root; .*podSecurity: baseline/,
    );
    expect((await said(ofPod('{ volumes: [{ name: log, hostPath: { path: /var/log } }] }'))).join('\n')).toMatch(
      /^8 AG532: .*mounts a folder of its node as 'log'/,
    );
  });

  it('is told what a container of a patch has to say of itself, and that is enough', async () => {
    const sidecar = (more: string) =>
      `  - { target: { kind: Deployment, name: home-wiki }, why: w, json: [{ op: add, path: /spec/template/spec/containers/-, value: { name: logs, image: "logs:1"${more} } }] }\n`;
    const [line = ''] = await said(sidecar(''));
    const [, asked = ''] = /; give each container of the patch `([^`]+)`/.exec(line) ?? [];
    expect(asked).not.toBe('');
    expect(await said(sidecar(`, ${asked}`))).toEqual([]);
  });

  it('is fine where the file lets the namespace allow it, by its level or by a patch of the namespace', async () => {
    expect(await said(privileged, '{ podSecurity: privileged }')).toEqual([]);
    expect(await said(ofPod('{ securityContext: { runAsNonRoot: false } }'), '{ podSecurity: baseline }')).toEqual([]);
    const namespace =
      '  - { target: { kind: Namespace, name: home }, why: w, merge: { metadata: { labels: { pod-security.kubernetes.io/enforce: privileged } } } }\n';
    expect(await said(privileged + namespace)).toEqual([]);
    const unlabelled = namespace.replace('enforce: privileged', 'enforce: null');
    expect(await said(privileged + unlabelled)).toEqual([]);
  });

  it('is told at the last of several patches that did it, and not at all once another one takes it back', async () => {
    const network = ofPod('{ hostNetwork: true }');
    expect((await said(ofPod('{ hostPID: true }') + network)).map((line) => line.slice(0, 8))).toEqual([
      '8 AG532:',
      '9 AG532:',
    ]);
    expect(await said(network + ofPod('{ hostNetwork: null }'))).toEqual([]);
  });

  it('is the patch of the namespace when that made it stricter than the pods are', async () => {
    const namespace = (level: string) =>
      `  - { target: { kind: Namespace, name: home }, why: w, merge: { metadata: { labels: { pod-security.kubernetes.io/enforce: ${level} } } } }\n`;
    const lax = ofPod('{ hostPID: true }');
    expect((await said(lax + namespace('baseline'), '{ podSecurity: privileged }')).join('\n')).toMatch(/^8 AG532/);
    expect((await said(namespace('strict'))).join('\n')).toMatch(/^8 AG512: .*names no level; write one of restricted/);
  });

  it('is judged by its own namespace, where a platform has several', async () => {
    const plugin = (spec: string) =>
      `  - { target: { kind: DaemonSet, name: home-gpu-amd }, why: w, merge: { spec: { template: { spec: ${spec} } } } }\n`;
    expect(await said(plugin('{ hostPID: true }'), '{ gpus: { amd: {} } }')).toEqual([]);
    const namespace =
      '  - { target: { kind: Namespace, name: home-gpus }, why: w, merge: { metadata: { labels: { pod-security.kubernetes.io/enforce: baseline } } } }\n';
    expect((await said(namespace, '{ gpus: { amd: {} } }')).join('\n')).toMatch(
      /^8 AG532: .*DaemonSet 'home-gpu-amd' .*level baseline: the pod mounts a folder of its node as 'kubelet'/,
    );
  });

  it('leaves what the server refuses in any namespace', async () => {
    const path = 'securityContext/privileged';
    expect((await said(ofContainer(path, 'true'), '{ podSecurity: privileged }')).join('\n')).toMatch(
      /^8 AG512: .*container 'wiki' is privileged, for which allowPrivilegeEscalation cannot be false/,
    );
  });
});

describe.each(cases())('$name', (each) => {
  it('has a namespace with exactly the level that its pods meet', async () => {
    const { rendered, platform } = await compile({
      ...each,
      bytes: bytesOf(each),
      catalog,
      targets,
      target: 'kubernetes',
    });
    const objects = rendered?.manifests.map(({ text }) => parse(text)) ?? [];
    const minor = minorOf(platform?.cluster.version ?? '1.28');
    const pods = objects.flatMap(({ spec }): PodJson[] => {
      const template = spec?.jobTemplate?.spec.template ?? spec?.template;
      return template?.spec?.containers === undefined ? [] : [{ spec: template.spec, ...template.metadata }];
    });
    const worst = pods
      .flatMap((pod) => offencesOf(pod, minor).map(({ level }) => level))
      .reduce<Level>((before, level) => (isLaxer(level, before) ? level : before), 'restricted');
    const namespace = objects.find(({ kind }) => kind === 'Namespace');
    const enforced = namespace?.metadata.labels['pod-security.kubernetes.io/enforce'];
    expect(levels).toContain(enforced);
    if (platform?.cluster.podSecurity === undefined) expect(enforced).toBe(worst);
    else expect(isLaxer(worst, enforced)).toBe(false);
  });
});
