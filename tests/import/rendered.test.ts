import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { compile } from '../../compiler/compile.ts';
import type { ComposeProject } from '../../compiler/model/compose-project.ts';
import { isRole } from '../../compiler/model/roles.ts';
import { targets } from '../../compiler/targets.ts';
import { catalog } from '../../library/catalog.ts';
import { bytesOf, cases } from '../compiler/cases.ts';
import { meaningOf } from './meaning.ts';
import { compiled, composeText, importText } from './run-import.ts';

const root = join(import.meta.dirname, '../..');

/** Every Compose file that the examples render to. */
async function renderedFiles() {
  const all = await Promise.all(
    cases().map(async (each) => {
      const read = async (path: string) => readFileSync(join(root, each.file, '..', path));
      const { rendered } = await compile({
        file: each.file,
        bytes: bytesOf(each),
        catalog,
        targets,
        target: 'compose',
        read,
      });
      return (rendered?.projects ?? []).filter(comesBackWhole).map((project) => ({
        name: `${each.name}, host ${project.host}`,
        project,
        text: rendered?.manifests.find(({ path }) => path === `${project.folder}/compose.yaml`)?.text ?? '',
      }));
    }),
  );
  return all.flat();
}

/** A job is behind a profile, which Compose and `import` leave out, and no Compose file says which cards a host has. */
function comesBackWhole({ model }: ComposeProject): boolean {
  return Object.values(model.services).every(
    ({ profiles, deploy }) => profiles === undefined && deploy.resources.reservations === undefined,
  );
}

const rendered = await renderedFiles();

describe('what AutoGit rendered for Compose and reads back', () => {
  it.each(rendered)('$name means the same', async ({ project, text }) => {
    const look = (path: string) => {
      const file = `./${path.slice('/srv/app/'.length)}`;
      return Object.hasOwn(project.files, file)
        ? { kind: 'text' as const, text: project.files[file] as string }
        : { kind: 'absent' as const };
    };
    const imported = importText(text, { look }, true);
    const again = await compiled(imported.text, '/srv/app', look);
    expect(again.errors).toEqual([]);
    const other = again.rendered?.projects?.[0] as ComposeProject;
    const lost = imported.report.rows.filter(({ fate }) => fate === 'lost');
    // A probe with a password of its own in its words looks like a secret, and is left out by name.
    expect(
      lost.filter(({ why, path }) => !(path.endsWith('.healthcheck.test') && why?.startsWith('a secret'))),
    ).toEqual([]);
    const without = (services: ReturnType<typeof meaningOf>) =>
      Object.fromEntries(
        Object.entries(services).map(([name, { health, ...rest }]) => {
          const named = lost.some(({ path }) => idOf(path.split('.')[1] ?? '') === name);
          return [name, named ? rest : { health, ...rest }];
        }),
      );
    expect(without(renamedServices(meaningOf(text, filesOf(project), project.model.name)))).toEqual(
      without(meaningOf(composeText(again.rendered), filesOf(other), project.model.name)),
    );
    expect(reach(other)).toEqual(reach(project, idOf));
  });

  it('reads every one of its own keys', () => {
    expect(rendered.length).toBeGreaterThan(4);
    const keys = new Set(
      rendered.flatMap(({ text }) => Object.values(parse(text).services as object).flatMap(Object.keys)),
    );
    expect(keys.size).toBeGreaterThan(15);
  });
});

/** A service may not bear the name of a role. */
function idOf(name: string): string {
  return isRole(name) ? `${name}-service` : name;
}

function renamedServices<T>(services: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(services).map(([name, service]) => [idOf(name), service]));
}

function filesOf({ files }: ComposeProject) {
  return (path: string) =>
    Object.hasOwn(files, path) ? { kind: 'text' as const, text: files[path] as string } : { kind: 'absent' as const };
}

/** Whom each service can talk to, and whether it reaches the outside. */
function reach({ model }: ComposeProject, id: (name: string) => string = (name) => name) {
  const on = (name: string) => Object.keys(model.services[name]?.networks ?? {});
  return Object.fromEntries(
    Object.keys(model.services)
      .map((name) => {
        const peers = Object.keys(model.services).filter(
          (other) => other !== name && on(other).some((key) => on(name).includes(key)),
        );
        const outside = on(name).some((key) => model.networks[key]?.internal !== true);
        return [id(name), { peers: peers.map(id).sort(), outside }] as const;
      })
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
