/** Makes sure that node_modules holds what package-lock.json names. */
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { withLock } = require('./lock.cjs');
const { npm } = require('./npm.cjs');

/** Runs `npm ci` with `node` when `node_modules` does not match the lock file; does nothing when it does. */
async function ensureModules(root, node) {
  if (modulesMatch(root)) return;
  await withLock(root, 'modules', async () => {
    if (modulesMatch(root)) return;
    console.error('autogit: installing the packages of package-lock.json into node_modules/ …');
    await npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: root,
      node,
      purpose: 'installing the packages of package-lock.json',
    });
  });
}

/**
 * Compares the lock file with npm's own record of what it installed (`node_modules/.package-lock.json`, written last),
 * so an `npm install` by hand counts too. Optional packages of other platforms may be missing.
 */
function modulesMatch(root) {
  const wanted = readPackages(path.join(root, 'package-lock.json'));
  const installed = readPackages(path.join(root, 'node_modules', '.package-lock.json'));
  if (wanted === undefined || installed === undefined) return false;
  return Object.entries(wanted).every(([place, entry]) => {
    if (place === '') return true;
    const there = installed[place];
    if (there === undefined) return entry.optional === true;
    return there.version === entry.version && there.integrity === entry.integrity;
  });
}

function readPackages(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

module.exports = { ensureModules, modulesMatch };
