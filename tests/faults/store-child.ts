import { appendFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { StoreDown } from '../../reconciler/model/store-down.ts';
import { openStore } from '../../reconciler/record/store.ts';
import { entry, pull } from '../contract/store-samples.ts';
import { silentLog } from '../fakes/silent-log.ts';
import { realClock } from '../follow/real-clock.ts';

/**
 * `node store-child.ts DIRECTORY MODE`: a process with a store, for being killed and starved. Every line on stdout is
 * written after what it says is durable.
 */
const [directory = '', mode = ''] = process.argv.slice(2);
const say = (value: unknown): void => void writeSync(1, `${JSON.stringify(value)}\n`);
const open = () =>
  openStore({ directory, clock: realClock, log: silentLog, adoptOnlyWhenNew: false, busyTimeoutMs: 100 });

function attempt(body: () => void): void {
  try {
    body();
  } catch (error) {
    if (!(error instanceof StoreDown)) throw error;
    say({ down: error.reason, message: error.message, code: error.code });
  }
}

/** Intents and outcomes, longer than any test waits; each outcome puts an object into the inventory. */
function write(detail: string): void {
  const store = open();
  for (let count = 1; count < 150; count++) {
    const seq = store.intend('rev', pull(`image-${count}`), count);
    say({ intended: seq });
    try {
      store.conclude(seq, { kind: 'done', detail }, { kind: 'add', entry: entry(`c${count}`) }, count);
    } catch (error) {
      say({ failedToConclude: seq });
      attempt(() => store.set('after', 'the failure'));
      store.close();
      throw error;
    }
    say({ concluded: seq });
  }
}

function fillDisk(path: string): void {
  try {
    for (;;) appendFileSync(path, Buffer.alloc(4096, 1));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}

switch (mode) {
  case 'hold':
    open();
    say('open');
    setInterval(() => undefined, 60_000);
    break;
  case 'write':
    attempt(() => write('as asked'));
    break;
  case 'burst': {
    const store = open();
    for (let count = 1; count <= 10; count++) {
      const seq = store.intend('rev', pull(`image-${count}`), count);
      say({ intended: seq });
      store.conclude(seq, { kind: 'done' }, { kind: 'add', entry: entry(`c${count}`) }, count);
      say({ concluded: seq });
    }
    process.kill(process.pid, 'SIGKILL');
    break;
  }
  case 'fill':
    attempt(() => write('x'.repeat(30_000)));
    fillDisk(join(directory, 'filler'));
    attempt(() => void open());
    rmSync(join(directory, 'filler'), { force: true });
    attempt(() => say({ interrupted: open().interrupted().length }));
    break;
  case 'as-nobody':
    process.setegid?.(65534);
    process.seteuid?.(65534);
    attempt(() => void open());
    break;
  default:
    attempt(() => void open());
}
