/** `node record-code.ts QUICK CACHE WORD…`: runs the quick part on a command line as `cli/start.ts` does, and writes V8's code of it at the end. */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';

const [node = '', , filename = '', cache = '', ...words] = process.argv;
process.argv = [node, filename, ...words];
const script = new Script(readFileSync(filename, 'latin1'), { filename });
process.on('exit', () => writeFileSync(cache, script.createCachedData()));
script.runInThisContext()(process.getBuiltinModule, (name: string) => import(join(dirname(filename), name)), {});
