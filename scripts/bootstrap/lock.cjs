/** One set-up at a time: a folder is the lock, the process id in it names the owner. */
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { SetupError } = require('./npm.cjs');

const PAUSE_MS = 200;
const PATIENCE_MS = 15 * 60 * 1000;

/** Runs `work` while holding `.tools/NAME.lock` of the project; waits for another owner, takes over from a dead one. */
async function withLock(root, name, work) {
  const folder = path.join(root, '.tools', `${name}.lock`);
  makeParent(folder);
  await acquire(folder);
  try {
    return await work();
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function makeParent(folder) {
  try {
    fs.mkdirSync(path.dirname(folder), { recursive: true });
  } catch (error) {
    throw new SetupError(
      `${path.dirname(folder)} cannot be made: ${error.message}; the project folder must be writable once`,
    );
  }
}

async function acquire(folder) {
  const start = Date.now();
  let told = false;
  while (!tryAcquire(folder)) {
    if (Date.now() - start > PATIENCE_MS) {
      throw new SetupError(`another set-up holds ${folder} for too long; remove that folder if none is running`);
    }
    if (!told) console.error('autogit: another set-up of this clone is running; waiting for it …');
    told = true;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

function tryAcquire(folder) {
  try {
    fs.mkdirSync(folder);
    fs.writeFileSync(path.join(folder, 'owner'), String(process.pid));
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw new SetupError(`${folder} cannot be made: ${error.message}`);
  }
  if (isAbandoned(folder)) removeAbandoned(folder);
  return false;
}

/** The owner is gone, or died between making the folder and writing its id into it. */
function isAbandoned(folder) {
  try {
    const owner = Number(fs.readFileSync(path.join(folder, 'owner'), 'utf8'));
    if (owner > 0) return !isAlive(owner);
    return Date.now() - fs.statSync(folder).mtimeMs > 5000;
  } catch (error) {
    if (error.code !== 'ENOENT') return false;
    return fs.existsSync(folder) && Date.now() - fs.statSync(folder).mtimeMs > 5000;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Moves it away first: of several that see the same dead owner only one succeeds. */
function removeAbandoned(folder) {
  const aside = `${folder}.${process.pid}.dead`;
  try {
    fs.renameSync(folder, aside);
  } catch {
    return;
  }
  fs.rmSync(aside, { recursive: true, force: true });
}

module.exports = { withLock };
