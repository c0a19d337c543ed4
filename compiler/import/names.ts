/** Ids of the platform file: DNS labels in lower case, at most 40 characters, unique. */
import { roles } from '../model/roles.ts';

const longest = 40;
/** A service may not bear the name of a role, even of one that is not in the file. */
export const roleNames: ReadonlySet<string> = new Set(Object.keys(roles));

/** Any text as an id: `appFoo` → `appfoo`, `my_db` → `my-db`. */
export function labelOf(text: string, otherwise = 'service'): string {
  const label = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return cut(label, longest) || otherwise;
}

/** The beginning of a label, which is a label as well. */
export function cut(label: string, most: number): string {
  return label.slice(0, Math.max(1, most)).replace(/-+$/, '');
}

/** Room for a service's id behind the platform's name, and for a volume's behind both (compiler/check/names.ts). */
export function idRoom(platform: string): number {
  return Math.min(longest, 52 - platform.length - 1);
}
export function volumeRoom(platform: string, id: string): number {
  return Math.min(longest, 63 - platform.length - id.length - 2);
}

export function isLabel(text: string): boolean {
  return text.length <= longest && /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/.test(text);
}

/** A function that gives each text an id that it has not given before. */
export function uniqueLabels(
  taken: ReadonlySet<string>,
  suffix: string,
  most: number = longest,
): (text: string) => string {
  const used = new Set(taken);
  return (text) => {
    const label = cut(labelOf(text), most);
    let id = label;
    for (let n = 1; used.has(id); n++) {
      const tail = n === 1 ? suffix : `${suffix}-${n}`;
      id = `${cut(label, most - tail.length - 1)}-${tail}`;
    }
    used.add(id);
    return id;
  };
}

/** The platform's name: at most 40 characters, begins with a letter. */
export function platformName(text: string): string {
  const label = labelOf(text, 'home');
  return /^[a-z]/.test(label) ? label : labelOf(`p-${label}`);
}

/** An id as an environment variable: `web-db-password` → `WEB_DB_PASSWORD`. */
export function variableName(id: string): string {
  const name = id.toUpperCase().replaceAll('-', '_');
  return /^[0-9]/.test(name) ? `_${name}` : name;
}
