/**
 * `npm start`, `npm test`, `npm run check` … all begin here: `node scripts/bootstrap.cjs COMMAND [ARGUMENTS]`.
 *
 * Plain JavaScript that Node 18 can run. It makes sure of a Node that can run the project and of `node_modules`
 * as `package-lock.json` wants them, then runs `scripts/COMMAND.ts`. What it fetches lies in `.tools/` and
 * `node_modules/` of the project; where both are in order it only compares and starts.
 */
'use strict';

const { spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { ensureModules } = require('./bootstrap/modules.cjs');
const { ensureNode } = require('./bootstrap/node.cjs');
const { SetupError } = require('./bootstrap/npm.cjs');

const root = path.dirname(__dirname);

/** Names of the commands: the TypeScript files of this folder. */
function commands() {
  const files = fs.readdirSync(__dirname).filter((name) => name.endsWith('.ts'));
  return files.map((name) => name.slice(0, -'.ts'.length)).sort();
}

/** Runs `scripts/COMMAND.ts`, hands signals on and ends with its exit code. */
function run(node, command, args) {
  const env = { ...process.env, PATH: [path.dirname(node), process.env.PATH].join(path.delimiter) };
  const child = spawn(node, [path.join(__dirname, `${command}.ts`), ...args], { stdio: 'inherit', env });
  const forward = (signal) => child.kill(signal);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, forward);
  child.on('error', (error) => {
    console.error(`autogit: ${node} cannot be started: ${error.message}`);
    process.exitCode = 69;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = signal === null ? code : 128 + os.constants.signals[signal];
  });
}

async function main([command, ...args]) {
  if (command === undefined || !commands().includes(command)) {
    throw new SetupError(`there is no command '${command ?? ''}'; known: ${commands().join(', ')}`, 64);
  }
  const node = await ensureNode(root);
  await ensureModules(root, node);
  run(node, command, args);
}

main(process.argv.slice(2)).catch((error) => {
  if (!(error instanceof SetupError)) throw error;
  console.error(`autogit: ${error.message}`);
  process.exitCode = error.exitCode;
});
