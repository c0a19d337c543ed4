import type { Action, Plan } from '../model/plan.ts';
import { shortRevision } from './choose-revision.ts';
import { compareText } from './digest.ts';
import { actionSubject, type Effect, effectOf, symbols } from './words.ts';

/** What hurts most comes first. */
const severity: readonly Effect[] = ['gap', 'remove', 'replace', 'create', 'change', 'fetch'];

const blocks: readonly { readonly cause: Action['cause']; readonly title: string }[] = [
  { cause: 'file', title: 'Asked for by the file' },
  { cause: 'drift', title: 'Changed by others, to be corrected' },
  { cause: 'cleanup', title: 'Left over, to be tidied up' },
  { cause: 'schedule', title: 'Due by schedule' },
  { cause: 'load', title: 'Asked for by the job load' },
];

/** A plan as people read it. Holds no value of the environment and no secret. Ends without a line break. */
export function planText(plan: Plan): string {
  const head = `Plan ${plan.digest.slice(0, 12)} for revision ${shortRevision(plan.revision)}`;
  if (plan.actions.length === 0) {
    const nothing = `No changes: what runs is what revision ${shortRevision(plan.revision)} asks for.`;
    return [plan.holds.length === 0 ? nothing : `${head}: no changes now.`, ...holdLines(plan)].join('\n');
  }
  const lines = blocks.flatMap(({ cause, title }) => blockLines(plan, cause, title));
  return [head, ...lines, ...holdLines(plan), '', countLine(plan)].join('\n');
}

function blockLines(plan: Plan, cause: Action['cause'], title: string): readonly string[] {
  const actions = plan.actions
    .filter((action) => action.cause === cause)
    .sort((a, b) => severity.indexOf(effectOf(a)) - severity.indexOf(effectOf(b)) || compareText(a.id, b.id));
  return actions.length === 0 ? [] : ['', title, ...actions.map(actionLine)];
}

function actionLine(action: Action): string {
  const effect = effectOf(action);
  const gap = effect === 'gap' ? '; away for a moment, it holds a port or data' : '';
  return `  ${symbols[effect].padEnd(3)} ${actionSubject(action)} on ${action.host} (${action.reason}${gap})`;
}

function holdLines(plan: Plan): readonly string[] {
  if (plan.holds.length === 0) return [];
  const lines = plan.holds.flatMap(({ subject, reason, next }) => [
    `  !   ${subject}: ${reason}`,
    ...(next === undefined ? [] : [`      next: ${next}`]),
  ]);
  return ['', 'Held', ...lines];
}

function countLine(plan: Plan): string {
  const count = (...effects: readonly Effect[]) =>
    plan.actions.filter((action) => effects.includes(effectOf(action))).length;
  const parts = [
    `${count('create')} to create`,
    `${count('gap', 'replace')} to replace`,
    `${count('change')} to change`,
    `${count('remove')} to remove`,
    ...(plan.holds.length === 0 ? [] : [`${plan.holds.length} held`]),
  ];
  return `${parts.join(', ')}.`;
}
