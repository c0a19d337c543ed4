import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Forge } from './start-forge.ts';

export interface JobGroup {
  readonly count: number;
  readonly labels: readonly string[];
}

export interface QueueOptions {
  /** How long each job sleeps. Default 1. */
  readonly seconds?: number;
  /** Instead of sleeping: a shell command. */
  readonly command?: string;
  /** Wait until the forge lists all of them. Default true. */
  readonly wait?: boolean;
}

/** Adds a workflow with a job for every entry of `groups` and dispatches it. */
export async function queueJobs(forge: Forge, groups: readonly JobGroup[], options: QueueOptions): Promise<void> {
  const before = await countJobs(forge);
  const name = `load-${randomBytes(4).toString('hex')}`;
  const jobs = groups.flatMap((group, g) =>
    Array.from({ length: group.count }, (_, i) => jobText(`g${g}j${i}`, group.labels, options)),
  );
  const text = `name: ${name}\non: workflow_dispatch\njobs:\n${jobs.join('\n')}\n`;
  const repository = `/repos/${forge.repository}`;
  await forge.api('POST', `${repository}/contents/.gitea/workflows/${name}.yml`, {
    message: `Add ${name}.yml [skip ci]`,
    content: Buffer.from(text).toString('base64'),
  });
  await forge.api('POST', `${repository}/actions/workflows/${name}.yml/dispatches`, { ref: 'main' });
  while (options.wait !== false && (await countJobs(forge)) < before + jobs.length) await sleep(50);
}

function jobText(id: string, labels: readonly string[], { seconds = 1, command }: QueueOptions): string {
  const step = command ?? (seconds > 0 ? `sleep ${seconds}` : 'true');
  return [
    `  ${id}:`,
    `    runs-on: [${labels.map((label) => JSON.stringify(label)).join(', ')}]`,
    '    steps:',
    `      - run: ${JSON.stringify(step)}`,
  ].join('\n');
}

async function countJobs(forge: Forge): Promise<number> {
  const page = (await forge.api('GET', '/admin/actions/jobs?limit=1')) as { readonly total_count: number };
  return page.total_count;
}
