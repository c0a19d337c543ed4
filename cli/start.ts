/**
 * Where the bundle starts. The quick part is one script, run with the code that V8 made from it while AutoGit was built:
 * nothing of it is parsed or compiled again, which is half the CPU of a small compile. V8 refuses code of another
 * version of Node and then compiles the script as usual.
 *
 * Modules of Node come from `getBuiltinModule`: an `import` would load every lazy part of them for its named exports.
 */
import type * as Fs from 'node:fs';
import type * as Vm from 'node:vm';

/** Name of the quick part in the folder `chunks` beside this file. The build fills it in. */
declare const QUICK_PART: string;

const { readFileSync } = process.getBuiltinModule('node:fs') as typeof Fs;
const vm = process.getBuiltinModule('node:vm') as typeof Vm;

const filename = `${import.meta.dirname}/chunks/${QUICK_PART}`;
const script = new vm.Script(readFileSync(filename, 'latin1'), {
  filename,
  cachedData: codeCache(`${filename}.cache`),
});
script.runInThisContext()(process.getBuiltinModule, (name: string) => import(`./chunks/${name}`), {});

function codeCache(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
