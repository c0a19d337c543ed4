import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openStore } from '../../reconciler/record/store.ts';
import { silentLog } from '../fakes/silent-log.ts';
import { realClock } from '../follow/real-clock.ts';
import { describeStore } from './store.ts';

const options = { clock: realClock, log: silentLog, adoptOnlyWhenNew: true };

describeStore('SQLite in memory', () => ({ open: () => openStore({ ...options, directory: ':memory:' }) }));

describeStore('SQLite in a folder', () => {
  const directory = mkdtempSync(join(tmpdir(), 'autogit-store-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const open = () => openStore({ ...options, directory });
  return {
    open,
    reopen(store) {
      store.close();
      return open();
    },
  };
});
