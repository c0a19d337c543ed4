import { describe, expect, it } from 'vitest';
import { target } from '../../../compiler/compose/target.ts';
import type { ComposeProject } from '../../../compiler/model/compose-project.ts';
import { bytesOf, millisecondsOf } from '../../../compiler/model/compose-units.ts';
import type { Platform } from '../../../compiler/model/platform.ts';
import { home, platform, workload } from '../../targets/platforms.ts';
import { composeConfig } from './compose-config.ts';

async function rendered(given: Platform) {
  const { manifests, projects } = await target.render(given);
  return { manifests, project: projects?.[0] as ComposeProject };
}

/** The parts of Compose's own reading that are compared. */
interface Understood {
  readonly services: Readonly<Record<string, UnderstoodService>>;
}
interface UnderstoodService {
  readonly environment?: Readonly<Record<string, string>>;
  readonly command?: readonly string[] | null;
  readonly entrypoint?: readonly string[] | null;
  readonly healthcheck?: {
    readonly test: readonly string[];
    readonly interval: string;
    readonly timeout: string;
    readonly start_period: string;
    readonly retries: number;
  };
  readonly networks: Readonly<Record<string, { readonly aliases?: readonly string[] } | null>>;
  readonly deploy: { readonly resources: { readonly limits: { readonly cpus: number; readonly memory: string } } };
  readonly configs?: readonly { readonly source: string; readonly target: string }[];
  readonly secrets?: readonly { readonly source: string; readonly target: string }[];
  readonly volumes?: readonly { readonly source: string; readonly target: string }[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly stop_grace_period: string;
}

describe('docker compose', () => {
  it('reads a rendered project without an error or a warning', async () => {
    const answer = await composeConfig((await rendered(home())).manifests);
    expect([answer.exitCode, answer.stderr]).toEqual([0, '']);
  });

  it('understands what the model says', async () => {
    const { manifests, project } = await rendered(home());
    const understood = (await composeConfig(manifests)).model as unknown as Understood;
    expect(Object.keys(understood.services).sort()).toEqual(Object.keys(project.model.services).sort());
    for (const [id, service] of Object.entries(project.model.services)) {
      const read = understood.services[id] as UnderstoodService;
      expect(read.environment).toEqual(service.environment);
      expect(read.command ?? undefined).toEqual(service.command);
      expect(read.healthcheck?.test).toEqual(service.healthcheck?.test);
      expect(millisecondsOf(read.healthcheck?.interval ?? '')).toBe(
        millisecondsOf(service.healthcheck?.interval ?? ''),
      );
      expect(millisecondsOf(read.healthcheck?.start_period ?? '')).toBe(60_000);
      expect(millisecondsOf(read.stop_grace_period)).toBe(millisecondsOf(service.stop_grace_period));
      expect(Number(read.deploy.resources.limits.memory)).toBe(bytesOf(service.deploy.resources.limits.memory));
      expect(Number(read.deploy.resources.limits.cpus)).toBe(Number(service.deploy.resources.limits.cpus));
      expect(Object.keys(read.networks)).toEqual(Object.keys(service.networks));
      expect(read.configs).toEqual(service.configs);
      expect(read.secrets).toEqual(service.secrets);
      expect(read.volumes?.map(({ target }) => target)).toEqual(service.volumes?.map(({ target }) => target));
    }
    expect(understood.services.forge?.depends_on?.database?.condition).toBe('service_healthy');
  });

  it('hands every `$` on as it is written in the file', async () => {
    // biome-ignore-start lint/suspicious/noTemplateCurlyInString: variables of Compose, which must not be expanded.
    const awkward = [
      '$',
      '$$',
      '${A}',
      '$A',
      '$(A)',
      '${A:?no}',
      'a $ b',
      '$$$',
      "'$A'",
      '"$A"',
      'yes',
      '0o17',
      '1e3',
      ' x ',
    ];
    const texts = awkward.map((text, index) => ({
      name: `V${index}`,
      value: { kind: 'text' as const, text },
      origin: '',
    }));
    const entry = workload('web', { environment: texts, command: awkward, entrypoint: ['/bin/$0', '${A}'] });
    const { manifests } = await rendered(platform({ workloads: [entry] }));
    const answer = await composeConfig(manifests, { A: 'expanded' });
    const web = (answer.model as unknown as Understood).services.web;
    expect(answer.stderr).toBe('');
    expect(
      Object.values(web?.environment ?? {})
        .map(String)
        .sort(),
    ).toEqual([...awkward].sort());
    expect(web?.command).toEqual(awkward);
    expect(web?.entrypoint).toEqual(['/bin/$0', '${A}']);
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: end of the Compose variables.
  });

  it('stops with the name of a secret that it was not given', async () => {
    const variable = { name: 'KEY', value: { kind: 'secret' as const, secret: 'api-key' }, origin: '' };
    const given = platform({ workloads: [workload('api', { environment: [variable] })], accept: { AG501: 'no file' } });
    const { manifests } = await rendered(given);
    const without = await composeConfig(manifests);
    expect(without.exitCode).not.toBe(0);
    expect(without.stderr).toContain('secret api-key is not set');
    const withValue = await composeConfig(manifests, { AUTOGIT_SECRET_API_KEY: 'v' });
    expect((withValue.model as unknown as Understood).services.api?.environment?.KEY).toBe('v');
  });

  it('refuses a planted unknown key', async () => {
    const { manifests } = await rendered(home());
    const planted = manifests.map(({ path, text }) => ({
      path,
      text: text.replace('  forge:\n', '  forge:\n    prots: []\n'),
    }));
    const answer = await composeConfig(planted);
    expect(answer.exitCode).not.toBe(0);
    expect(answer.stderr).toContain('prots');
  });
});
