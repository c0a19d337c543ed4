import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A package whose code is part of what AutoGit passes on. */
export interface ShippedPackage {
  readonly name: string;
  readonly version: string;
  /** As the lock has it; absent when the package does not say it in a way that npm understands. */
  readonly licence?: string;
  /** Where it is: in the command line and the reconciler, or in the page that they serve. */
  readonly part: 'program' | 'dashboard';
}

/**
 * Tools by their place in `package.json` that are built in all the same: what the page is made of, and `supports-color`, which
 * the package `debug` takes where a tool has brought it. A test compares them with what is built.
 */
const builtInTools = { dashboard: ['preact', '@preact/signals'], program: ['supports-color'] } as const;

/**
 * Licences of packages that write the older form, `"licenses": [{ "type": "MIT" }]`, which npm leaves out of its lock. A test
 * compares them with what is installed.
 */
export const olderForms: Readonly<Record<string, string>> = { buildcheck: 'MIT', 'cpu-features': 'MIT', ssh2: 'MIT' };

interface Locked {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
}

export interface Lock {
  readonly packages: Readonly<Record<string, Locked>>;
}

export async function readLock(root: string): Promise<Lock> {
  return JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as Lock;
}

/**
 * Packages that are passed on, sorted, each version once. From the lock alone: it is the same on every machine, whatever
 * packages for its platform were installed.
 */
export function shippedPackages({ packages }: Lock): readonly ShippedPackage[] {
  const ofPage = closureOf(packages, builtInTools.dashboard);
  const ofProgram = closureOf(packages, builtInTools.program);
  const found = new Map<string, ShippedPackage>();
  for (const [path, { version = '', license, dev = false }] of Object.entries(packages)) {
    if (path === '' || (dev && !ofPage.has(path) && !ofProgram.has(path))) continue;
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const licence = license ?? olderForms[name];
    found.set(`${name} ${version}`, {
      name,
      version,
      ...(licence === undefined ? {} : { licence }),
      part: ofPage.has(path) ? 'dashboard' : 'program',
    });
  }
  return [...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
}

/** Paths in the lock of these packages and of all that they need. */
function closureOf(packages: Lock['packages'], names: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const add = (name: string): void => {
    const path = `node_modules/${name}`;
    if (found.has(path) || packages[path] === undefined) return;
    found.add(path);
    for (const needed of Object.keys(packages[path].dependencies ?? {})) add(needed);
  };
  for (const name of names) add(name);
  return found;
}
