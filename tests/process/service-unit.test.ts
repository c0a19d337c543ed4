import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const unit = readFileSync(join(import.meta.dirname, '../../deploy/autogit.service'), 'utf8');
const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;

describe('the systemd unit', () => {
  it('lets runners of a process host live when the reconciler is restarted or one of them runs out of memory', () => {
    expect(unit).toMatch(/^KillMode=process$/m);
    expect(unit).toMatch(/^OOMPolicy=continue$/m);
  });

  it.skipIf(!hasSystemd)('is understood by systemd', () => {
    const folder = mkdtempSync(join(tmpdir(), 'unit-'));
    try {
      // The program need not be installed here; everything else is judged as it is.
      writeFileSync(join(folder, 'autogit.service'), unit.replace(/^ExecStart=\S+/m, 'ExecStart=/bin/true'));
      const { status, stderr } = spawnSync('systemd-analyze', ['verify', join(folder, 'autogit.service')], {
        encoding: 'utf8',
      });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
