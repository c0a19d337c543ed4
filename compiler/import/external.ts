import { type ComposeNode, entriesOf, isTrue, member, textAt } from './node.ts';

/** Whether a volume, config or secret is there already: `external: true`, or a map in old files. */
export function isExternal(declared: ComposeNode | undefined): boolean {
  const external = member(declared, 'external');
  return external?.kind === 'map' || isTrue(external);
}

/** `name:` beside or, in old files, under `external:`. */
export function externalName(declared: ComposeNode | undefined): string | undefined {
  return textAt(declared, 'name') ?? textAt(member(declared, 'external'), 'name');
}

/** The command that makes a volume as Compose would. Values of options are left out: those of cifs hold a password. */
export function volumeCommand(declared: ComposeNode | undefined, name: string): string {
  const options = entriesOf(member(declared, 'driver_opts')).map(([option]) => `-o ${option}=… `);
  return `docker volume create ${options.join('')}${name}`;
}
