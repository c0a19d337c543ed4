import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { compile } from '../../compiler/compile.ts';
import { levelOf } from '../../compiler/kubernetes/security.ts';
import type { Platform, Workload } from '../../compiler/model/platform.ts';
import { type FileRole, roles } from '../../compiler/model/roles.ts';
import { targets } from '../../compiler/targets.ts';
import { catalog } from '../../library/catalog.ts';
import type { JsonSchema } from '../../schema/generate/json-schema.ts';
import { componentFiles } from './component-files.ts';

const root = join(import.meta.dirname, '../..');

it('every folder of library/ is in the catalog, and the other way round', () => {
  const folders = readdirSync(join(root, 'library'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map(({ name }) => name).sort()).toEqual(catalog.map(({ use }) => use).sort());
  expect(Object.keys(componentFiles).sort()).toEqual(catalog.map(({ use }) => use).sort());
});

describe.each(catalog)('$use', (component) => {
  const { use, role } = component;
  const schema = JSON.parse(readFileSync(join(root, 'library', use, 'schema.json'), 'utf8')) as JsonSchema;
  const files = componentFiles[use] ?? { minimal: '', full: '' };

  it('has a title, a licence, a readme and a page', () => {
    expect(component.title).not.toBe('');
    expect(component.licence).not.toBe('');
    expect(readFileSync(join(root, 'library', use, 'README.md'), 'utf8')).toMatch(/^# .+\n/);
    expect(existsSync(join(root, 'docs/components', `${use}.md`))).toBe(true);
  });

  it('says in its readme what was tried of it, and what was not', () => {
    // What runs under `services` is not ours.
    const says = /\*\*What (?:was|is) checked\*\*: \S/.test(
      readFileSync(join(root, 'library', use, 'README.md'), 'utf8'),
    );
    expect(says).toBe(use !== 'service');
  });

  it('has a default image with a tag, unless the file always names one', () => {
    if (schema.required?.includes('image')) expect(component.image).toBe('');
    else expect(component.image).toMatch(/^[a-z0-9./-]+:[A-Za-z0-9][-A-Za-z0-9._]*$/);
  });

  it('allows no key that it does not know, and describes each one that it does', () => {
    expect(schema.additionalProperties).toBe(false);
    for (const [key, each] of Object.entries(schema.properties ?? {})) {
      expect(each.description, key).toMatch(/\.$/);
      expect(each.examples?.length, key).toBeGreaterThan(0);
    }
  });

  it('is tried with every key that it has', () => {
    const part = partOf(parse(files.full) as Record<string, unknown>);
    const apart = ['use', 'url'];
    expect(Object.keys(part).filter((key) => !apart.includes(key))).toEqual(
      expect.arrayContaining(Object.keys(schema.properties ?? {}).filter((key) => !apart.includes(key))),
    );
  });

  describe.each(['minimal', 'full'] as const)('in its %s form', (form) => {
    it.each(['compose', 'kubernetes'] as const)('compiles for %s without a word', async (target) => {
      const { diagnostics, rendered } = await compiled(files[form], target);
      expect(diagnostics).toEqual([]);
      expect(rendered?.manifests.length).toBeGreaterThan(0);
    });

    it('gives every secret by reference', async () => {
      const { platform, rendered } = await compiled(files[form], 'all');
      for (const { name, value } of platform?.workloads.flatMap(({ environment }) => environment) ?? []) {
        if (holdsSecret.test(name)) expect(value.kind, name).not.toBe('text');
      }
      expect(rendered?.manifests.map(({ kind }) => kind)).not.toContain('Secret');
    });

    it.each(['compose', 'kubernetes'] as const)('runs hardened on %s', async (target) => {
      const { platform } = await compiled(files[form], target);
      const own = (platform as Platform).workloads.filter((workload) => workload.component === use);
      for (const workload of own)
        if (readsAll.includes(use))
          expect(workload).toMatchObject({ readOnlyRoot: true, capabilities: ['DAC_OVERRIDE'] });
        else if (startsAsRoot.includes(use)) expectBaseline(platform as Platform, workload);
        else if (use !== 'service') expectHardened(workload, target === 'compose' && withoutProgram.includes(use));
    });
  });

  /** The part of the file that is this component's; of services, the keys of all. */
  function partOf(file: Record<string, unknown>): object {
    if (role === 'service') return Object.assign({}, ...Object.values(file.services as object)) as object;
    return roles[role as FileRole]
      .slice(1)
      .split('/')
      .reduce<unknown>((above, key) => (above as Record<string, unknown>)[key], file) as object;
  }
});

/** Names of variables that hold a value themselves. Those with `_FILE` or `_URI` at the end hold a place. */
const holdsSecret = /(?:passw(?:or)?d|secret|token|key)$/i;

/** Files of every user have to be read, for which there is no other way than to be root. */
const readsAll = ['restic'];

/** Images that start every part as a user of its own, which only root can. */
const startsAsRoot = ['gitlab'];

/** Images with nothing in them that a Docker host could ask them with. */
const withoutProgram = ['coredns'];

function expectBaseline(platform: Platform, workload: Workload): void {
  expect(levelOf(platform, workload)).toBe('baseline');
  expect(workload.health, 'a health check').toBeDefined();
  expect(workload.limits.memoryBytes).toBeGreaterThan(0);
}

function expectHardened(workload: Workload, isMute: boolean): void {
  expect(workload.user?.uid, 'a numeric user that is not root').toBeGreaterThan(0);
  expect(workload.readOnlyRoot, 'a read-only root').toBe(true);
  expect(workload.capabilities, 'no capabilities').toEqual([]);
  if (!isMute) expect(workload.health, 'a health check').toBeDefined();
  expect(workload.limits.memoryBytes).toBeGreaterThan(0);
  for (const { port } of workload.ports) expect(port, 'a port that needs no privilege').toBeGreaterThan(1023);
}

function compiled(rest: string, target: 'compose' | 'kubernetes' | 'all') {
  const bytes = Buffer.from(`name: home\ndomain: home.lan\n${rest}`);
  return compile({ file: 'autogit.yaml', bytes, catalog, targets, target });
}
