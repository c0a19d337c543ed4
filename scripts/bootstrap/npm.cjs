/** Runs npm with a given Node first on the path, its output on stderr. */
'use strict';

const { spawn } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

/** A set-up step that failed in a way a person can mend: one clear sentence and an exit code (69: the world is unavailable). */
class SetupError extends Error {
  constructor(message, exitCode = 69) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Environment of a child: `nodeFolder` first on the path, and nothing that npm set for the script it is running now. */
function childEnvironment(nodeFolder) {
  const env = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (!/^npm_(package|lifecycle|command|node_execpath|execpath)/.test(name)) env[name] = value;
  }
  env.PATH = [nodeFolder, process.env.PATH].join(path.delimiter);
  return env;
}

/** npm as it was started, when it started us; else the `npm` on the path. */
function npmCommand(node) {
  const script = process.env.npm_execpath;
  if (script && /npm-cli\.c?js$/.test(script) && fs.existsSync(script)) return [node, script];
  return ['npm'];
}

/** Runs npm in `cwd`. Rejects with a `SetupError` that ends in npm's last error lines; the full output goes to stderr as it comes. */
function npm(args, { cwd, node, purpose }) {
  const [program, ...before] = npmCommand(node);
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...before, ...args], {
      cwd,
      env: childEnvironment(path.dirname(node)),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let errors = '';
    child.stdout.on('data', (chunk) => process.stderr.write(chunk));
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    child.on('error', (error) =>
      reject(
        new SetupError(`${purpose} needs npm, which cannot be started (${error.message}); install npm 9 or later`),
      ),
    );
    child.on('close', (code) => (code === 0 ? resolve() : reject(new SetupError(explain(purpose, errors, code)))));
  });
}

function explain(purpose, errors, code) {
  const lines = errors.split('\n').filter((line) => /^npm (ERR!|error) (?! *at )/.test(line));
  const shown = lines.slice(0, 8).join('\n');
  const offline = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT/.test(errors);
  const untrusted = /SELF_SIGNED_CERT|self-signed certificate|UNABLE_TO_(GET|VERIFY)/.test(errors);
  if (untrusted)
    return `${purpose} failed: the certificate of the npm registry is not trusted; name your own authority with npm's cafile setting`;
  const cause = offline
    ? 'the npm registry cannot be reached; check the network, the proxy and `npm config get registry`, then try again'
    : `npm ended with ${code}`;
  return `${purpose} failed: ${cause}${shown === '' ? '' : `\n${shown}`}`;
}

module.exports = { npm, SetupError };
