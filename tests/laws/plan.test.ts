import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../reconciler/plan/digest.ts';
import { createStage, type Stage } from '../fakes/stage.ts';
import { worldText } from '../fakes/world-text.ts';

const names = ['a', 'b', 'c', 'd'] as const;

/** Services that may need those before them in the alphabet. */
const service = fc.record({
  version: fc.integer({ min: 1, max: 3 }),
  hasData: fc.boolean(),
  isPublished: fc.boolean(),
  hasHealth: fc.boolean(),
  log: fc.constantFrom('info', 'debug'),
  needs: fc.subarray([...names]),
});
const file = fc.dictionary(fc.constantFrom(...names), service, { minKeys: 1 }).map(render);

function render(
  services: Readonly<Record<string, (typeof service extends fc.Arbitrary<infer T> ? T : never) | undefined>>,
): string {
  const lines = Object.entries(services).map(([name, one]) => {
    if (one === undefined) return '';
    const needs = one.needs.filter((need) => need < name && need in services);
    const parts = [
      `image: ${name}:${one.version}`,
      `environment: { LOG: ${one.log} }`,
      `ports: { main: { port: 80${one.isPublished ? `, publish: ${8000 + name.charCodeAt(0)}` : ''} } }`,
      `needs: [${needs.join(', ')}]`,
      ...(one.hasData ? ['volumes: { data: /data }'] : []),
      ...(one.hasHealth ? ['health: { tcp: 80 }'] : []),
    ];
    return `  ${name}: { ${parts.join(', ')} }\n`;
  });
  return `name: home\ndomain: home.lan\nservices:\n${lines.join('')}`;
}

/** What others do to a host, by a number for the object. */
const damage = fc.record({
  kind: fc.constantFrom('stop', 'remove', 'edit', 'detach', 'remove network'),
  which: fc.nat(20),
});

function doDamage(stage: Stage, { kind, which }: { readonly kind: string; readonly which: number }): void {
  const { containers, networks } = stage.world();
  const container = containers[which % Math.max(containers.length, 1)];
  if (container === undefined) return;
  if (kind === 'stop') Object.assign(container, { state: 'exited', exitCode: 1 });
  if (kind === 'remove') containers.splice(containers.indexOf(container), 1);
  if (kind === 'edit')
    container.spec = { ...container.spec, environment: { ...container.spec.environment, LOG: 'hacked' } };
  if (kind === 'detach') container.networks = [];
  if (kind === 'remove network') networks.splice(which % Math.max(networks.length, 1), 1);
}

async function settle(stage: Stage): Promise<void> {
  for (let count = 0; count < 8; count += 1) if (!(await stage.clock.run(stage.reconciler.cycle())).again) return;
}

async function planOf(stage: Stage) {
  const result = await stage.clock.run(stage.reconciler.plan());
  if (!result.ok) throw new Error(result.problem.sentence);
  return result.plan;
}

const runs = { numRuns: 30 };

describe('laws of planning', { timeout: 120_000 }, () => {
  it('the plan of the state it led to is empty, whatever the file and the damage were', async () => {
    await fc.assert(
      fc.asyncProperty(file, file, fc.array(damage, { maxLength: 4 }), async (first, second, damages) => {
        const stage = createStage();
        for (const text of [first, second]) {
          stage.commit(text);
          await settle(stage);
          for (const one of damages) doDamage(stage, one);
          await settle(stage);
        }
        const plan = await planOf(stage);
        expect(plan.actions).toEqual([]);
        const writes = stage.world().writes;
        await settle(stage);
        expect(stage.world().writes).toBe(writes);
        expect(stage.world().containers.every(({ slot, state }) => slot === 'main' && state === 'running')).toBe(true);
      }),
      runs,
    );
  });

  it('the same moment gives the same plan, byte for byte, and looking changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(file, file, async (first, second) => {
        const stage = createStage();
        stage.commit(first);
        await settle(stage);
        stage.commit(second);
        const world = worldText(stage.world());
        const [one, two] = [await planOf(stage), await planOf(stage)];
        expect(JSON.stringify(one)).toBe(JSON.stringify(two));
        expect(one.digest).toBe(digestOf({ revision: one.revision, actions: one.actions }));
        expect(worldText(stage.world())).toBe(world);
      }),
      runs,
    );
  });

  it('a reading that is not fresh leads to no action on its host', async () => {
    await fc.assert(
      fc.asyncProperty(file, file, fc.boolean(), async (first, second, isKnown) => {
        const stage = createStage();
        if (isKnown) {
          stage.commit(first);
          await settle(stage);
        }
        stage.commit(second);
        stage.downHosts.add('local');
        const plan = await planOf(stage);
        expect(plan.actions).toEqual([]);
        expect(plan.holds.map(({ subject }) => subject)).toContain('local');
      }),
      runs,
    );
  });

  it('data volumes and objects of others are never touched, and only what is in the inventory is removed', async () => {
    await fc.assert(
      fc.asyncProperty(file, file, async (first, second) => {
        const stage = createStage();
        const world = stage.world();
        world.networks.push({
          id: 'foreign',
          name: 'other-net',
          unit: 'network/local/a-b',
          digest: 'x',
          platform: 'home',
          deployment: 'theirs',
        });
        stage.commit(first);
        await settle(stage);
        const kept = world.volumes.map(({ name }) => name);
        stage.commit(second);
        const known = new Set(stage.store.inventory().map(({ id }) => id));
        const removed = (await planOf(stage)).actions.flatMap((action) =>
          action.kind === 'remove-container'
            ? [action.container]
            : action.kind === 'remove-network'
              ? [action.network]
              : [],
        );
        expect(removed.filter((id) => !known.has(id))).toEqual([]);
        await settle(stage);
        expect(world.volumes.map(({ name }) => name)).toEqual(expect.arrayContaining(kept));
        expect(world.networks.find(({ id }) => id === 'foreign')?.name).toBe('other-net');
      }),
      runs,
    );
  });

  it('the order of the file never shows', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.constantFrom(...names), service, { minKeys: 2 }), async (services) => {
        const digests = [];
        for (const entries of [Object.entries(services), Object.entries(services).reverse()]) {
          const stage = createStage();
          stage.commit(render(Object.fromEntries(entries)));
          digests.push(
            (await planOf(stage)).actions.map((action) => ('unit' in action ? action.unit.digest : action.id)),
          );
        }
        expect(digests[0]).toEqual(digests[1]);
      }),
      runs,
    );
  });
});
