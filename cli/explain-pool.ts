import { nearestName } from '../compiler/model/nearest.ts';
import type { Status } from '../reconciler/model/status.ts';
import { explainDecision } from '../reconciler/plan/scale-explain.ts';
import { askService } from './ask-service.ts';
import type { Options } from './commands.ts';
import { exitCode } from './exit-code.ts';
import { outputFormat } from './output-format.ts';
import { stateFolder } from './state-folder.ts';
import { nobodyAnswers } from './status.ts';

/** `autogit explain pool linux`: the newest decision of the running reconciler about the size of a pool. */
export async function explainPool(name: string | undefined, options: Options): Promise<number> {
  const state = stateFolder(typeof options.state === 'string' ? options.state : undefined);
  const format = outputFormat(options);
  const answer = await askService({ state, path: '/api/status' });
  if (answer.kind !== 'answer') {
    process.stderr.write(nobodyAnswers(state, answer));
    return exitCode.unavailable;
  }
  const found = findDecision(answer.body as Status, name);
  if (found.kind === 'none') {
    process.stderr.write(found.message);
    return exitCode.usage;
  }
  const { decision } = found;
  process.stdout.write(
    format === 'json' ? `${JSON.stringify(decision, null, 2)}\n` : explainDecision(decision, Date.now()),
  );
  return exitCode.fine;
}

type Decision = NonNullable<Status['pools'][number]['decision']>;

/** The decision about a pool, or a message that says what there is instead. */
export function findDecision(
  status: Pick<Status, 'pools'>,
  name: string | undefined,
): { readonly kind: 'found'; readonly decision: Decision } | { readonly kind: 'none'; readonly message: string } {
  const pools = status.pools.map(({ pool }) => pool);
  const pool = status.pools.find((candidate) => candidate.pool === name);
  if (pool?.decision !== undefined) return { kind: 'found', decision: pool.decision };
  if (pool !== undefined)
    return {
      kind: 'none',
      message: `nothing was decided about pool ${pool.pool} yet\nnext: ask again after the next cycle\n`,
    };
  if (pools.length === 0)
    return { kind: 'none', message: 'this platform has no runner pool\nnext: add one under runners\n' };
  const near = name === undefined ? undefined : nearestName(name, pools);
  const next = near === undefined ? `name one of ${pools.join(', ')}` : `did you mean ${near}?`;
  return {
    kind: 'none',
    message: `${name === undefined ? 'a pool must be named' : `there is no pool ${name}`}\nnext: ${next}\n`,
  };
}
