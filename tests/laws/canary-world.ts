import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLog } from '../../cli/log.ts';
import { statusText } from '../../cli/status-text.ts';
import { namedPaths } from '../../compiler/named-paths.ts';
import { createEngines } from '../../reconciler/engines.ts';
import { createFileSource } from '../../reconciler/follow/file.ts';
import { createMemoryEngine } from '../../reconciler/memory/engine.ts';
import { strictPolicy } from '../../reconciler/model/policy.ts';
import type { Failure } from '../../reconciler/model/result.ts';
import type { Status } from '../../reconciler/model/status.ts';
import { planText } from '../../reconciler/plan/text.ts';
import type { Reconciler } from '../../reconciler/ports/reconciler.ts';
import { createReconciler } from '../../reconciler/reconcile.ts';
import { createRedactor } from '../../reconciler/record/redactor.ts';
import { createSecretValues } from '../../reconciler/record/secrets.ts';
import { openStore } from '../../reconciler/record/store.ts';
import { renderPlain } from '../../reconciler/serve/plain-page.ts';
import { createSopsReader } from '../../reconciler/sops/read-sops.ts';
import { compileOnce } from '../fakes/platform-compiler.ts';
import { realClock } from '../follow/real-clock.ts';

/** A reconciler on a real store and real sources of secrets, with an engine that repeats what it is given. */
export interface CanaryWorld {
  readonly reconciler: Reconciler;
  /** How a secret from each source is written in the platform file. */
  readonly sources: Readonly<Record<string, string>>;
  /** Everything that came out: logs, and what was told to `say`. */
  readonly said: string[];
  say(value: unknown): void;
  /** Every value that was read. */
  values(): readonly string[];
  close(): void;
}

const encrypted = join(import.meta.dirname, '../sops/encrypted');

export async function createCanaryWorld(options: {
  readonly folder: string;
  readonly canary: string;
  readonly wrong: string;
}): Promise<CanaryWorld> {
  const { folder, canary, wrong } = options;
  writeFileSync(join(folder, 'source-secret'), canary, { mode: 0o600 });
  const keyFile = join(folder, 'source-age-key');
  writeFileSync(keyFile, readFileSync(join(encrypted, 'age-key.txt')), { mode: 0o600 });
  copyFileSync(join(encrypted, 'secrets.enc.yaml'), join(folder, 'secrets.enc.yaml'));

  const clock = realClock;
  const redactor = createRedactor();
  const said: string[] = [];
  const values = new Set<string>();
  const log = await createLog({
    format: 'json',
    level: 'debug',
    redact: redactor.redact,
    write: (line) => void said.push(line),
  });
  const secrets = createSecretValues({
    directory: folder,
    env: { CANARY: canary },
    sops: createSopsReader({ keyFile, learn: redactor.add }),
    redactor,
    log,
  });
  const store = openStore({ directory: folder, clock, log, adoptOnlyWhenNew: false, open: 'make' });

  /** What a badly behaved engine says: all values that it was given. */
  const gossip = (): Failure => ({ kind: 'rejected', detail: `cannot start with ${[...values].join(' and ')}` });
  const engine = createMemoryEngine({
    clock,
    host: 'local',
    behaviour: () => ({
      images: Object.fromEntries(
        [0, 1, 2, 3].map((index) => [`web${index}:1`, wrong === 'pull' ? { pull: gossip() } : {}]),
      ),
      fault: (call) => (call === wrong && values.size > 0 ? gossip() : undefined),
    }),
  });

  const world: CanaryWorld = {
    said,
    sources: {
      env: '{ env: CANARY }',
      file: `{ file: ${join(folder, 'source-secret')} }`,
      generate: '{ generate: { length: 24 } }',
      sops: '{ sops: "secrets.enc.yaml#/smtp/password" }',
      missing: '{ env: NOT_SET }',
    },
    say(value) {
      said.push(JSON.stringify(value));
      const { plan, units } = (value ?? {}) as { plan?: Parameters<typeof planText>[0]; units?: unknown };
      if (plan?.actions !== undefined && units === undefined) said.push(planText(plan));
      if (units === undefined) return;
      said.push(statusText(value as Status, { now: clock.now(), colour: false }), renderPlain(value as Status));
    },
    values: () => [...values],
    reconciler: undefined as unknown as Reconciler,
    close: () => store.close(),
  };
  return Object.assign(world, {
    reconciler: createReconciler({
      source: createFileSource({ path: join(folder, 'autogit.yaml'), named: (text) => namedPaths(text) }),
      compile: (input) => compileOnce(input),
      engines: createEngines({ docker: () => engine, process: () => engine }),
      store,
      clock,
      log,
      forge: () => ({
        notifier: {
          async report(status) {
            said.push(JSON.stringify(status));
            return wrong === 'forge' ? { ok: false, failure: gossip() } : { ok: true, value: undefined };
          },
        },
      }),
      takeover: () => ({ kind: 'fine' }),
      policy: { ...strictPolicy, secretFolders: [`${folder}/`], secretVariables: ['CANARY', 'NOT_SET'] },
      secrets: {
        async value(id, source, files) {
          const value = await secrets.value(id, source, files);
          if (value.ok) values.add(value.value.reveal());
          return value;
        },
        async fingerprint(id, source, files) {
          const value = await secrets.value(id, source, files);
          if (value.ok) values.add(value.value.reveal());
          return secrets.fingerprint(id, source, files);
        },
      },
      redact: redactor.redact,
      random: () => 0.5,
      version: '0.0.0',
    }),
  });
}
