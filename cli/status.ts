import type { Status } from '../reconciler/model/status.ts';
import { type Answer, askService } from './ask-service.ts';
import type { Options } from './commands.ts';
import { outputFormat } from './output-format.ts';
import { stateFolder } from './state-folder.ts';
import { statusText } from './status-text.ts';
import { unreadableText } from './unreadable-state.ts';

/**
 * `autogit status`: asks the reconciler of the state folder. Exit code 0 when all is well, 1 when something needs
 * attention, 69 when nobody answers.
 */
export async function runStatus(options: Options): Promise<number> {
  const state = stateFolder(typeof options.state === 'string' ? options.state : undefined);
  const format = outputFormat(options);
  const answer = await askService({ state, path: '/api/status' });
  if (answer.kind !== 'answer') {
    process.stderr.write(nobodyAnswers(state, answer));
    return 69;
  }
  const status = answer.body as Status;
  const colour = process.stdout.isTTY === true && process.env.NO_COLOR === undefined;
  process.stdout.write(
    format === 'json' ? `${JSON.stringify(status, null, 2)}\n` : statusText(status, { now: Date.now(), colour }),
  );
  return status.health === 'ok' || status.health === 'working' ? 0 : 1;
}

/** One message for every command that needs the running reconciler. */
export function nobodyAnswers(state: string, answer: Exclude<Answer, { readonly kind: 'answer' }>): string {
  if (answer.kind === 'unreadable') return unreadableText(answer.folder);
  if (answer.kind === 'silent')
    return `the reconciler of ${state} does not answer (${answer.detail}); look at its log, or stop and start it\n`;
  return `no reconciler runs on the state folder ${state}\nnext: start it with \`autogit reconcile --state ${state}\`, or name another folder with --state\n`;
}
