import { describe, expect, it } from 'vitest';
import { isRole } from '../../compiler/model/roles.ts';
import { meaningOf } from './meaning.ts';
import { compiled, composeText, importSample, sampleFiles } from './run-import.ts';

/** The keys of a Compose service that a part of its meaning comes from. */
const sources: Readonly<Record<string, readonly string[]>> = {
  image: ['image', 'build', ''],
  command: ['command'],
  entrypoint: ['entrypoint'],
  environment: ['environment', 'env_file'],
  ports: ['ports', 'network_mode'],
  mounts: ['volumes', 'configs', 'secrets', 'tmpfs', 'read_only', 'environment'],
  health: ['healthcheck'],
  user: ['user'],
  cpus: ['deploy', 'cpus'],
  memory: ['deploy', 'mem_limit'],
  stop: ['stop_signal', 'stop_grace_period'],
  network: ['network_mode'],
  workingDirectory: ['working_dir'],
  needs: ['depends_on', 'links', 'external_links'],
  restart: ['restart', 'deploy'],
  ulimits: ['ulimits'],
  shm: ['shm_size', 'tmpfs', 'volumes'],
  capabilities: ['cap_add', 'cap_drop', 'privileged', 'user'],
  gpus: ['deploy', 'gpus'],
};

/** What AutoGit adds where the Compose file says nothing, as the notes of the report tell. */
const added: readonly string[] = ['cpus', 'memory', 'restart'];

const files = sampleFiles().filter((path) => path !== 'kompose/env-multiple/compose.yaml');

describe('Compose → platform → Compose', () => {
  it.each(files)('%s means the same, or the report says where it does not', async (path) => {
    const { text, report, folder, look, source } = importSample(path);
    const { rendered } = await compiled(text, folder, look);
    if (report.services.length === 0) return expect(Object.keys(report.roles).length).toBeGreaterThan(0);
    const before = meaningOf(source, (file) => look(`${folder}/${file}`), folder.split('/').at(-1));
    const after = meaningOf(composeText(rendered), renderedFiles(rendered));
    const unexplained = Object.entries(before).flatMap(([name, meant]) => {
      const id = Object.keys(after).find(
        (each) => each === name || each === renamed(name) || each.startsWith(renamed(name).slice(0, 33)),
      );
      if (Object.values(report.roles).includes(name)) return [];
      if (id === undefined) return [`${name} is gone`];
      const parts = [...new Set([...Object.keys(meant), ...Object.keys(after[id] ?? {})])];
      return parts
        .filter((part) => JSON.stringify(meant[part]) !== JSON.stringify(after[id]?.[part]))
        .filter((part) => part !== 'needs' || !waitsForAll(meant.needs, after[id]?.needs))
        .filter((part) => !(added.includes(part) && meant[part] === undefined))
        .filter((part) => !report.rows.some((row) => row.fate !== 'taken' && explains(row.path, name, part)))
        .map((part) => `${name}.${part}: ${JSON.stringify(meant[part])} → ${JSON.stringify(after[id]?.[part])}`);
    });
    expect(unexplained).toEqual([]);
  });
});

function renamed(name: string): string {
  const label = name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return isRole(label) ? `${label}-service` : label;
}

/** Who names another one in an address, or is alone with it on a network, starts after it as well. */
function waitsForAll(before: unknown = {}, after: unknown = {}): boolean {
  const waits = after as Readonly<Record<string, unknown>>;
  const rest = Object.entries(waits).filter(
    ([name]) => !Object.keys(before as object).some((each) => renamed(each) === name),
  );
  const kept = Object.entries(before as object).every(([name, how]) => waits[renamed(name)] === how);
  return kept && rest.every(([, how]) => how !== 'service_completed_successfully');
}

function explains(path: string, service: string, part: string): boolean {
  const inside = [`services.${service}`, service].find((start) => path === start || path.startsWith(`${start}.`));
  if (inside === undefined) return false;
  const key = path.slice(inside.length + 1).split(/[.[]/)[0] ?? '';
  return (sources[part] ?? [part]).includes(key);
}

function renderedFiles(rendered: Awaited<ReturnType<typeof compiled>>['rendered']) {
  const files = Object.assign({}, ...(rendered?.projects ?? []).map((project) => project.files));
  return (path: string) =>
    Object.hasOwn(files, path) ? { kind: 'text' as const, text: String(files[path]) } : { kind: 'absent' as const };
}
