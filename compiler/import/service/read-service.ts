import { bringsInit } from '../known-images.ts';
import { entriesOf, type MapNode, member, textAt, textIn } from '../node.ts';
import { emptyDraft, type Scope, target } from '../scope.ts';
import { serviceKeys } from './keys.ts';
import { readExtension } from './own-notes.ts';
import { givenCapabilities } from './process.ts';

/** What a service gets when the Compose file limits nothing: all together, no more than a small server has. */
export const roomFor = {
  cpus: 2,
  memory: (services: number) => (services > 8 ? '512Mi' : '1Gi'),
} as const;

/** Reads all of a service that does not depend on the others; fills its draft. */
export function readService(scope: Scope): undefined {
  const { node, draft } = scope;
  for (const key of Object.keys(serviceKeys)) {
    const rule = serviceKeys[key];
    const part = member(node, key);
    if (part === undefined || rule === undefined) continue;
    if (rule.kind === 'read') rule.read(part, scope);
    else if (rule.kind === 'same') scope.ledger.taken(part);
    else if (rule.kind === 'lost') scope.ledger.lost(part, rule.why, rule.next);
  }
  for (const [key, part] of entriesOf(node)) if (key.startsWith('x-')) readExtension(key, part, scope);
  readBuild(scope);
  const root = draft.user === undefined || draft.user.startsWith('0:');
  const given = root ? givenCapabilities(member(node, 'cap_drop')) : [];
  draft.capabilities = [...new Set([...given, ...draft.capabilities])].sort();
  draft.ownInit ??= bringsInit(draft.image);
  if (draft.hostNetwork) draft.ports = {};
}

/** Image of a service; one that is built needs a name under which it can be pulled. */
export function draftOf(node: MapNode, project: string, name: string) {
  const image = textAt(node, 'image');
  return emptyDraft(image === undefined || image === '' ? `${imagePart(project)}/${imagePart(name)}:latest` : image);
}

function imagePart(text: string): string {
  return (
    text
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '') || 'image'
  );
}

function readBuild(scope: Scope): undefined {
  const { node, ledger, draft } = scope;
  const image = member(node, 'image');
  if (image !== undefined) {
    if (holdsMissing(scope))
      ledger.lost(image, 'a variable in it has no value here', 'write the image into autogit.yaml');
    else if (textIn(image) === draft.image) ledger.taken(image, target(scope, 'image'));
  }
  const build = member(node, 'build');
  if (build === undefined) {
    if (image === undefined)
      ledger.lost(
        node,
        'it names no image',
        `${draft.image} stands in its place: write the right one into autogit.yaml`,
      );
    return;
  }
  const next = `build it, push it to a registry, and write its name there as \`image\`; ${draft.image} stands there now`;
  ledger.lost(build, 'images are built by CI and pulled from a registry, not built on the host', next);
}

function holdsMissing({ node }: Scope): boolean {
  const image = member(node, 'image');
  return image?.kind === 'scalar' && image.variables.some(({ filled }) => !filled);
}

/** Texts of a service in which it may name others: variables, commands, files. */
export function textsOf({ draft, input }: Pick<Scope, 'draft' | 'input'>): readonly string[] {
  return [
    ...Object.values(draft.environment).flatMap((value) => (typeof value === 'string' ? [value] : [])),
    ...(draft.command ?? []),
    ...(draft.entrypoint ?? []),
    ...(draft.health?.exec ?? []),
    ...Object.values(draft.configs).flatMap((config) => textsIn(config, input)),
  ];
}

/** What stands in a configuration file: it names others as well as a variable does. */
export function textsIn({ text, from }: Scope['draft']['configs'][string], input: Scope['input']): readonly string[] {
  if (text !== undefined) return [text];
  const found = from === undefined ? undefined : input.look(from);
  return found?.kind === 'text' ? [found.text] : [];
}
