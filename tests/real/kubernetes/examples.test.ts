import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { compile } from '../../../compiler/compile.ts';
import { targets } from '../../../compiler/targets.ts';
import { catalog } from '../../../library/catalog.ts';
import { bytesOf, cases } from '../../compiler/cases.ts';
import { largestFile } from '../../targets/largest-file.ts';
import { apply, create, type KubernetesJson } from './api.ts';
import { installCustomResources } from './custom-resources.ts';
import { podsOf } from './pods-of.ts';
import { type RunningApiServer, startApiServer } from './start-api-server.ts';

let server: RunningApiServer;

beforeAll(async () => {
  server = await startApiServer();
  await installCustomResources(server, ['cert-manager', 'prometheus-operator']);
});

afterAll(() => server?.stop());

const files = [
  ...cases().map((each) => ({ name: each.name, file: each.file, bytes: bytesOf(each) })),
  { name: 'the largest quantities', file: 'autogit.yaml', bytes: new TextEncoder().encode(largestFile) },
];

describe.each(files)('$name', (each) => {
  it('is accepted by the API server, object by object in apply order and pod by pod, without a warning', async () => {
    const objects = await objectsOf(each);
    for (const object of [...objects, ...podsOf(objects)]) {
      const place = `${object.kind} ${object.metadata.name}`;
      // Of its own for each platform, and the others need it to be there.
      const answer =
        object.kind === 'Namespace' ? await apply(server, object) : await create(server, object, { dryRun: true });
      const status = object.kind === 'Namespace' && answer.status === 200 ? 201 : answer.status;
      expect([place, status, answer.body.message, answer.warnings]).toEqual([place, 201, undefined, []]);
    }
  });
});

async function objectsOf(each: (typeof files)[number]): Promise<readonly KubernetesJson[]> {
  const { rendered } = await compile({ ...each, catalog, targets, target: 'kubernetes' });
  const texts = new Map(rendered?.manifests.map(({ path, text }) => [path, text]));
  const order = parse(texts.get('kubernetes/kustomization.yaml') ?? '') as { readonly resources: readonly string[] };
  expect(order.resources.length).toBeGreaterThan(10);
  return order.resources.map((path) => parse(texts.get(`kubernetes/${path}`) ?? '') as KubernetesJson);
}
