import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import { durationText, gapText, stopFirstGap } from '../../compiler/diff/gap.ts';
import { composeReplacement } from '../../compiler/diff/replacement.ts';
import { targets } from '../../compiler/targets.ts';
import { catalog } from '../../library/catalog.ts';
import { desire } from '../../reconciler/plan/desire.ts';
import { bytesOf, cases } from '../compiler/cases.ts';

describe('the time without service', () => {
  const check = { intervalMs: 10_000, timeoutMs: 5_000, retries: 3, startMs: 60_000 };
  const health = { test: { kind: 'tcp', port: 80 }, ...check } as const;

  it('is 5 s to stop, 5 s to start and one interval; at most all that the file allows', () => {
    expect(stopFirstGap({ stopGraceMs: 10_000, health })).toEqual({ aboutMs: 20_000, upToMs: 115_000 });
  });

  it('is shorter with a shorter grace, and never longer than its own bound', () => {
    expect(stopFirstGap({ stopGraceMs: 2_000, health }).aboutMs).toBe(17_000);
    const quick = { ...health, intervalMs: 1_000, timeoutMs: 1_000, retries: 1, startMs: 0 };
    expect(stopFirstGap({ stopGraceMs: 1_000, health: quick })).toEqual({ aboutMs: 3_000, upToMs: 3_000 });
  });

  it('has no bound without a health check', () => {
    expect(gapText(stopFirstGap({ stopGraceMs: 10_000 }))).toBe(
      'about 10 s without service; without a health check nobody sees when it is ready',
    );
  });

  it.each([
    [0, '0 s'],
    [1, '1 s'],
    [60_000, '1 min'],
    [220_000, '3 min 40 s'],
    [3_900_000, '1 h 5 min'],
  ])('writes %i ms as %s', (ms, text) => expect(durationText(ms)).toBe(text));
});

describe('how a container is replaced', () => {
  it.each(cases())('is what the reconciler does, for every service of $name', async (each) => {
    const bytes = bytesOf(each);
    const compiled = await compile({ file: each.file, bytes, catalog, targets, target: 'compose' });
    const { platform, rendered } = compiled;
    if (platform === undefined || rendered?.projects === undefined) throw new Error(`${each.file} does not compile`);
    const { units } = desire({ revision: 'r', platform, projects: rendered.projects, fingerprints: {} });
    const containers = units.flatMap((unit) => (unit.kind === 'container' && unit.job === undefined ? [unit] : []));
    expect(containers.length).toBeGreaterThan(0);
    for (const { host, key, replace } of containers) {
      const text = rendered.manifests.find(({ path }) => path === `compose/${host}/compose.yaml`)?.text ?? '';
      const { services } = load(text) as { readonly services: Record<string, Record<string, unknown>> };
      const service = services[key] ?? {};
      const other = { ...service, image: 'another' };
      expect([key, composeReplacement(other, service, { stopGraceMs: 0 }).kind]).toEqual([key, replace]);
    }
  });
});
