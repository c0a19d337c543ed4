/** Every example and every component in the hands of what people check a folder with before any cluster sees it. */
import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { compile } from '../../../compiler/compile.ts';
import { targets } from '../../../compiler/targets.ts';
import { catalog } from '../../../library/catalog.ts';
import { bytesOf, cases } from '../../compiler/cases.ts';
import { componentFiles } from '../../contract/component-files.ts';
import type { KubernetesJson } from './api.ts';
import { controlPlane, judges } from './available.ts';
import { type RenderedFolder, writtenFolder } from './rendered-folder.ts';

const run = promisify(execFile);

const files = [
  ...cases().map((each) => ({ name: each.name, bytes: bytesOf(each) })),
  ...Object.entries(componentFiles).flatMap(([use, { minimal, full }]) => [
    { name: `${use} in its minimal form`, bytes: component(minimal, 'ingress') },
    { name: `${use} in its full form`, bytes: component(full, 'gateway') },
  ]),
];

function component(rest: string, routes: string): Uint8Array {
  const file = {
    ...(parse(rest) as object),
    name: 'home',
    domain: 'home.lan',
    target: 'kubernetes',
    cluster: { routes },
  };
  return Buffer.from(JSON.stringify(file));
}

const made = new Map<string, RenderedFolder>();

beforeAll(async () => {
  for (const { name, bytes } of files) {
    const { rendered } = await compile({ file: 'autogit.yaml', bytes, catalog, targets, target: 'kubernetes' });
    made.set(name, writtenFolder(rendered?.manifests ?? []));
  }
}, 120_000);

afterAll(() => {
  for (const { folder } of made.values()) rmSync(dirname(folder), { recursive: true, force: true });
});

function of(name: string): RenderedFolder {
  const found = made.get(name);
  if (found === undefined || found.objects.length === 0) throw new Error(`${name} was not rendered`);
  return found;
}

describe('kubectl kustomize', () => {
  it.each(files)('gives back the same objects in the same order: $name', async ({ name }) => {
    const { folder, objects } = of(name);
    const { stdout, stderr } = await run(controlPlane().kubectl, ['kustomize', folder], { maxBuffer: 2 ** 25 });
    expect(stderr).toBe('');
    expect(parseAllDocuments(stdout).map((document) => document.toJS() as KubernetesJson)).toEqual(objects);
  });
});

describe('kubeconform', () => {
  /** Kinds that its schemas do not have; an API server with their definitions judges them. */
  const custom = ['Certificate', 'Issuer', 'Gateway', 'GatewayClass', 'HTTPRoute', 'IngressRoute'];

  it('finds nothing, strictly, in any of them, for the oldest version and the newest', async () => {
    const { kubeconform, schemas } = judges();
    const folders = files.map(({ name }) => of(name).folder);
    const own = files.flatMap(({ name }) => of(name).objects).filter(({ kind }) => !custom.includes(kind));
    for (const version of ['v1.28.0', 'v1.37.0']) {
      const at = join(schemas, version, '{{.ResourceKind}}{{.KindSuffix}}.json');
      const flags = ['-strict', '-summary', '-output', 'json', '-skip', ['Kustomization', ...custom].join(',')];
      const call = run(kubeconform, [...flags, '-schema-location', at, ...folders], { maxBuffer: 2 ** 25 });
      const { stdout } = await call.catch((error: { stdout: string }) => error);
      const { resources, summary } = JSON.parse(stdout) as { resources: unknown; summary: Record<string, number> };
      expect([version, resources, summary]).toMatchObject([version, [], { invalid: 0, errors: 0, valid: own.length }]);
    }
  });
});
