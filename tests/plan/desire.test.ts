import { describe, expect, it } from 'vitest';
import type { ContainerUnit, Desired, FilesUnit } from '../../reconciler/model/desired.ts';
import { desire } from '../../reconciler/plan/desire.ts';
import { compileOnce } from '../fakes/platform-compiler.ts';

const file = `name: home
domain: home.lan
secrets: { pin: { env: PIN }, key: { env: KEY } }
services:
  web:
    image: web:1
    port: 80
    host: web
    needs: [db]
    environment: { LOG: info, PIN_FILE: { secret: pin } }
    secrets: [key]
    health: { http: / }
  db: { image: db:1, port: 5432, volumes: { data: /data }, user: "70:70", secrets: [key], limits: { cpus: 0.5, memory: 256Mi } }
`;

async function desired(
  fingerprints: Readonly<Record<string, string>> = { pin: 'p1', key: 'k1' },
  text = file,
): Promise<Desired> {
  const { platform, projects, diagnostics } = await compileOnce({
    file: 'autogit.yaml',
    bytes: new TextEncoder().encode(text),
  });
  if (platform === undefined) throw new Error(JSON.stringify(diagnostics));
  return desire({ revision: 'r1', platform, projects, fingerprints });
}

const container = ({ units }: Desired, key: string) =>
  units.find((unit): unit is ContainerUnit => unit.kind === 'container' && unit.key === key);
const files = ({ units }: Desired, key: string) =>
  units.filter((unit): unit is FilesUnit => unit.kind === 'files' && unit.key === key);

it('is the same with and without the notes that a rendered file carries for whoever reads it back', async () => {
  const { platform, projects } = await compileOnce({ file: 'autogit.yaml', bytes: new TextEncoder().encode(file) });
  if (platform === undefined) throw new Error('the file does not compile');
  const [project] = projects;
  expect(project?.notes?.services.db).toEqual({ ports: ['5432'] });
  const of = (each: typeof projects) => desire({ revision: 'r1', platform, projects: each, fingerprints: {} });
  expect(of(projects.map(({ notes: _, ...rest }) => rest))).toEqual(of(projects));
});

describe('what should exist', () => {
  it('has one unit for each network, volume, folder of files and container, sorted by id', async () => {
    const { units } = await desired();
    expect(units.map(({ id }) => id)).toEqual([
      'container/local/db',
      'container/local/ingress',
      'container/local/web',
      'files/local/db:/run/secrets',
      'files/local/ingress:/etc/traefik',
      'files/local/web:/run/secrets',
      'network/local/ingress-outside',
      'network/local/ingress-web',
      'network/local/web-db',
      'volume/local/db-data',
    ]);
  });

  it('keeps its digests from version to version: an upgrade of AutoGit alone makes nothing anew', async () => {
    const { units } = await desired({ pin: 'p1', key: 'k1' }, file.replace('    host: web\n', ''));
    expect(units.map(({ id, digest }) => `${id} ${digest}`).join('\n')).toMatchInlineSnapshot(`
      "container/local/db 41f06c6dec8596b094602f2eef180331898c2b09fa9e1560fc52504334223ada
      container/local/web f09aa4e07d59b6ce847ef2478546fb7cb114dd1a52215cb15ef11a8e94418d7e
      files/local/db:/run/secrets 806ec714549f3801e952232688c46191495caa6b52c8d4c8644d467c2bf905f1
      files/local/web:/run/secrets 02c68f8abcbfebcf2790a9bc40f82cd829b8f0c852401bf72a8b5bf84f39d34a
      network/local/web-db c2c801ef2e6bae9761370f9fab09febf9e0e3ec44da3dcbf31b5f229b64420c0
      volume/local/db-data 44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    `);
  });

  it('puts both secrets of a service into one folder, and gives them to the user that the file names', async () => {
    const [web] = files(await desired(), 'web');
    expect(web?.files.map(({ path, mode, uid }) => [path, mode, uid])).toEqual([
      ['key', 0o444, 0],
      ['pin', 0o444, 0],
    ]);
    const [db] = files(await desired(), 'db');
    expect(db?.files).toEqual([
      { path: 'key', source: { kind: 'secret', secret: 'key' }, mode: 0o400, uid: 70, gid: 70 },
    ]);
  });

  it('gives another value of a secret another volume and another container, and leaves the others as they were', async () => {
    const [before, after] = [await desired({ pin: 'p1', key: 'k1' }), await desired({ pin: 'p2', key: 'k1' })];
    expect(files(after, 'web')[0]?.name).not.toBe(files(before, 'web')[0]?.name);
    expect(container(after, 'web')?.digest).not.toBe(container(before, 'web')?.digest);
    expect(container(after, 'db')?.digest).toBe(container(before, 'db')?.digest);
    expect(container(after, 'web')?.spec.mounts).toContainEqual({
      volume: files(after, 'web')[0]?.name,
      path: '/run/secrets',
      readOnly: true,
    });
  });

  it('never holds a value of a secret, only its id', async () => {
    const text = JSON.stringify(await desired({ pin: 'fingerprint-of-pin', key: 'k' }));
    expect(text).not.toContain('fingerprint-of-pin');
    expect(text).toContain('"secret":"pin"');
  });

  it('replaces start-first only what has neither a host port nor data', async () => {
    const all = await desired();
    expect(['web', 'db', 'ingress'].map((key) => container(all, key)?.replace)).toEqual([
      'start-first',
      'stop-first',
      'stop-first',
    ]);
  });

  it('reads limits, times and needs back from the rendered project', async () => {
    const all = await desired();
    expect(container(all, 'db')?.spec).toMatchObject({
      cpus: 0.5,
      memoryBytes: 256 * 1024 ** 2,
      stopGraceMs: 10_000,
      user: '70:70',
    });
    expect(container(all, 'web')?.needs).toEqual([{ unit: 'container/local/db', condition: 'started' }]);
    expect(container(all, 'web')?.spec.health).toMatchObject({ intervalMs: 30_000, retries: 3, startMs: 60_000 });
  });

  it('puts a folder inside another one into the volume of the outer one', async () => {
    const { platform, projects } = await compileOnce({ file: 'autogit.yaml', bytes: new TextEncoder().encode(file) });
    const [project] = projects;
    if (platform === undefined || project === undefined) throw new Error('no project');
    const web = {
      ...project.model.services.web,
      configs: [
        { source: 'one', target: '/etc/app/a.ini' },
        { source: 'two', target: '/etc/app/more/b.ini' },
      ],
    };
    const model = { ...project.model, services: { web }, configs: { one: { file: './a' }, two: { file: './b' } } };
    const nested = { ...project, model, files: { './a': 'A', './b': 'B' } } as typeof project;
    const units = files(desire({ revision: 'r', platform, projects: [nested], fingerprints: {} }), 'web');
    expect(units.map(({ directory, files: list }) => [directory, list.map(({ path }) => path)])).toEqual([
      ['/etc/app', ['a.ini', 'more/b.ini']],
      ['/run/secrets', ['key', 'pin']],
    ]);
  });
});
