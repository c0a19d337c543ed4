import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { compile } from '../../compiler/compile.ts';
import { type Found, type ImportInput, importPlatform, readEnvFile } from '../../compiler/import-platform.ts';
import { targets } from '../../compiler/targets.ts';
import { catalog } from '../../library/catalog.ts';

export const samples = join(import.meta.dirname, 'samples');

/** Every Compose file among the samples, relative to their folder. */
export function sampleFiles(): readonly string[] {
  return readdirSync(samples, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.ya?ml$/.test(path) && /services:|image:/.test(readFileSync(join(samples, path), 'utf8')))
    .filter((path) => !path.startsWith('LICENSES'))
    .sort();
}

/** A tree of files that lies at /srv/<name>, wherever it really is. */
export type Tree = (path: string) => Found;

export function folderTree(real: string, virtual: string): Tree {
  return (path) => {
    const inside = relative(virtual, path);
    if (inside.startsWith('..')) return { kind: 'absent' };
    try {
      const file = join(real, inside);
      return statSync(file).isDirectory() ? { kind: 'folder' } : { kind: 'text', text: readFileSync(file, 'utf8') };
    } catch {
      return { kind: 'absent' };
    }
  };
}

export function importText(text: string, more: Partial<ImportInput> = {}, asServices = false) {
  const imported = importPlatform(
    {
      file: 'compose.yaml',
      text,
      folder: '/srv/app',
      home: '/home/ops',
      within: '',
      profiles: [],
      variables: {},
      look: () => ({ kind: 'absent' }),
      ...more,
    },
    { asServices, schema: './autogit.schema.json' },
  );
  if (imported.kind === 'refused') throw new Error(JSON.stringify(imported.problems));
  return imported;
}

export function importSample(path: string, asServices = false) {
  const real = join(samples, dirname(path));
  const folder = `/srv/${dirname(path).split('/').at(-1)}`;
  const look = folderTree(real, folder);
  const env = look(`${folder}/.env`);
  const variables = Object.fromEntries(env.kind === 'text' ? readEnvFile(env.text) : []);
  const text = readFileSync(join(samples, path), 'utf8');
  return { folder, look, source: text, ...importText(text, { file: path, folder, look, variables }, asServices) };
}

/** What a platform text compiles to, with files of the repository read from a tree. */
export async function compiled(text: string, folder = '/srv/app', look: Tree = () => ({ kind: 'absent' })) {
  const { diagnostics, rendered } = await compile({
    file: 'autogit.yaml',
    bytes: new TextEncoder().encode(text),
    catalog,
    targets,
    target: 'compose',
    read: async (path) => {
      const found = look(join(folder, path));
      return found.kind === 'text' ? new TextEncoder().encode(found.text) : undefined;
    },
  });
  const errors = diagnostics
    .filter(({ severity }) => severity === 'error')
    .map(({ code, pointer, message }) => `${code} ${pointer}: ${message}`);
  return { errors, rendered };
}

/** The one Compose file of a platform that was rendered for one host. */
export function composeText(rendered: Awaited<ReturnType<typeof compiled>>['rendered']): string {
  const file = rendered?.manifests.find(({ path }) => path.endsWith('/compose.yaml'));
  if (file === undefined) throw new Error('no Compose file was rendered');
  return file.text;
}
