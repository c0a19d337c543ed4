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
import { type Meaning, meaningOf } from './meaning.ts';
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
      return (rendered?.projects ?? []).map((project) => ({
        name: `${each.name}, host ${project.host}`,
        project,
        text: rendered?.manifests.find(({ path }) => path === `${project.folder}/compose.yaml`)?.text ?? '',
      }));
    }),
  );
  return all.flat();
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
    const tellsOf = (key: string, fate: string) =>
      imported.report.rows.flatMap((row) =>
        row.fate === fate && row.path.includes(`.${key}`) ? [idOf(row.path.split('.')[1] ?? '')] : [],
      );
    const excused = { temporary: tellsOf('read_only', 'changed'), health: tellsOf('healthcheck', 'lost') };
    const before = renamedServices(meaningOf(text, filesOf(project), project.model.name));
    const after = meaningOf(composeText(again.rendered), filesOf(other), project.model.name);
    expect(compared(after, excused)).toEqual(compared(before, excused));
    expect(forgotten(before, after, excused.health)).toEqual([]);
    expect(reach(other)).toEqual(reach(project, idOf));
    expect(besides(other)).toEqual(besides(project, idOf));
    const named = new Set(namesOf(other));
    const mutual = imported.report.rows.flatMap(({ path, why }) => {
      const found = /^it names '([^']+)', which waits for it already/.exec(why ?? '')?.[1];
      return found === undefined ? [] : [`${idOf(path.split('.')[1] ?? '')} → ${found} by `];
    });
    const missing = namesOf(project).filter((each) => !named.has(each) && !mutual.some((way) => each.startsWith(way)));
    expect(missing).toEqual([]);
  });

  it('reads every one of its own keys', () => {
    expect(rendered.length).toBeGreaterThan(4);
    const keys = new Set(
      rendered.flatMap(({ text }) => Object.values(parse(text).services as object).flatMap(Object.keys)),
    );
    expect(keys.size).toBeGreaterThan(15);
  });
});

interface Excused {
  /** Services with a read-only root, which the language gives a place for temporary files. */
  readonly temporary: readonly string[];
  /** Services whose health check was left out by name. */
  readonly health: readonly string[];
}

/** All but `needs`, and what the report excuses by name. */
function compared(services: Meaning, { temporary, health: unhealthy }: Excused): Meaning {
  return Object.fromEntries(
    Object.entries(services).map(([name, { health, needs: _, mounts = [], ...rest }]) => {
      const list = (mounts as readonly string[]).filter((each) => !temporary.includes(name) || each !== 'memory /tmp');
      return [name, { ...rest, mounts: list, health: unhealthy.includes(name) ? undefined : health }];
    }),
  );
}

/**
 * What waited for another part and does not any more. The language has no link without a need, so there are more waits
 * afterwards, of the weakest kind: whoever can reach another part starts after it.
 */
function forgotten(before: Meaning, after: Meaning, unhealthy: readonly string[]): readonly string[] {
  const waits = (services: Meaning, name: string) => (services[name]?.needs ?? {}) as Readonly<Record<string, string>>;
  const missing = Object.keys(before).flatMap((name) =>
    Object.entries(waits(before, name)).flatMap(([other, how]) => {
      const now = waits(after, name)[other];
      const wanted = how === 'service_healthy' && unhealthy.includes(other) ? 'service_started' : how;
      return now === wanted ? [] : [`${name} waits for ${other}: ${how}, now ${now}`];
    }),
  );
  const stronger = Object.keys(after).flatMap((name) =>
    Object.entries(waits(after, name)).flatMap(([other, how]) =>
      how === 'service_started' || Object.hasOwn(waits(before, name), other) ? [] : [`${name}: ${other} ${how}`],
    ),
  );
  return [...missing, ...stronger];
}

/** A service may not bear the name of a role, and parts of roles may have longer ids; the report tells who is called anew. */
function idOf(name: string): string {
  return isRole(name) ? `${name}-service` : name.slice(0, 40).replace(/-+$/, '');
}

function renamedServices(services: Meaning): Meaning {
  return Object.fromEntries(
    Object.entries(services).map(([name, { needs, ...service }]) => [
      idOf(name),
      {
        ...service,
        needs: Object.fromEntries(Object.entries((needs ?? {}) as object).map(([other, how]) => [idOf(other), how])),
      },
    ]),
  );
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

/** What no other reader of Compose files looks at: which GPUs, and when a job runs. */
function besides({ model }: ComposeProject, id: (name: string) => string = (name) => name) {
  return Object.fromEntries(
    Object.entries(model.services)
      .map(([name, { 'x-autogit-job': job, profiles, deploy }]) => {
        return [id(name), { job, profiles, devices: deploy.resources.reservations?.devices }] as const;
      })
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** `web → api by home-api`: the names that each service can use for others. A full name is the ingress's as a role alone. */
function namesOf({ model }: ComposeProject): readonly string[] {
  const on = (name: string) => model.services[name]?.networks ?? {};
  return Object.keys(model.services).flatMap((name) =>
    Object.keys(model.services).flatMap((other) => {
      const shared = Object.keys(on(name)).filter((key) => other !== name && Object.hasOwn(on(other), key));
      const aliases = shared.flatMap((key) => on(other)[key]?.aliases ?? []);
      return aliases.flatMap((alias) => (alias.includes('.') ? [] : [`${idOf(name)} → ${idOf(other)} by ${alias}`]));
    }),
  );
}
