import { type ComposeNode, member, textAt, textIn } from '../node.ts';
import type { Scope } from '../scope.ts';

/** What Compose would do with a container that ended. `retries` absent: as often as it takes. */
type Policy =
  | { readonly kind: 'no' | 'always' | 'unless-stopped' }
  | { readonly kind: 'on-failure'; readonly retries?: number };

/** Most retries that the language can say. */
const mostRetries = 20;

/**
 * `restart`, and `deploy.restart_policy`, which Compose reads where there is no `restart`. To be called when all needs are
 * known: a service that others wait to complete is a job, and of a job these are its retries.
 */
export function readRestart(scope: Scope): undefined {
  const own = member(scope.node, 'restart');
  const deployed = member(member(scope.node, 'deploy'), 'restart_policy');
  const node = own ?? deployed;
  if (node === undefined) return;
  if (own !== undefined && deployed !== undefined) scope.ledger.taken(deployed);
  const policy = own === undefined ? policyOf(deployed) : policyIn(textIn(own) ?? 'no');
  if (scope.draft.job === undefined) tellService(policy, node, scope);
  else tellJob(policy, node, scope);
}

/** `no`, `always`, `unless-stopped`, `on-failure`, `on-failure:3`. */
function policyIn(text: string): Policy {
  const [kind, count] = text.split(':');
  if (kind === 'on-failure')
    return count === undefined || Number(count) === 0 ? { kind } : { kind, retries: Number(count) };
  return kind === 'always' || kind === 'unless-stopped' ? { kind } : { kind: 'no' };
}

/** Swarm's words for the same; without a condition, `any`. */
function policyOf(node: ComposeNode | undefined): Policy {
  const condition = textAt(node, 'condition') ?? 'any';
  if (condition === 'none') return { kind: 'no' };
  const count = textAt(node, 'max_attempts');
  if (condition !== 'on-failure') return { kind: 'always' };
  return count === undefined ? { kind: 'on-failure' } : { kind: 'on-failure', retries: Number(count) };
}

function tellService({ kind }: Policy, node: ComposeNode, { ledger }: Scope): undefined {
  if (kind === 'unless-stopped') return ledger.taken(node);
  if (kind === 'always') return ledger.changed(node, 'it is restarted as well, unless somebody stopped it by hand');
  ledger.changed(node, 'it is restarted whenever it ends', {
    next: 'if it is meant to end, make it a job: `schedule: once`, or five fields of cron',
  });
}

/** A job ends when it ended well, whatever stood here. */
function tellJob(policy: Policy, node: ComposeNode, { draft, ledger, id }: Scope): undefined {
  const { job } = draft;
  if (job === undefined) return;
  const to = `services.${id}.schedule`;
  // What AutoGit rendered says it beside.
  if (job.retries !== undefined) return ledger.taken(node, to);
  if (policy.kind === 'no') return ledger.taken(node, to);
  if (policy.kind !== 'on-failure')
    return ledger.changed(node, 'it is a job, since others wait until it is done: it ends, and is not started again', {
      to,
      next: 'if it has to try again after a failure: `schedule: { at: once, retries: 3 }`',
    });
  const retries = Math.min(policy.retries ?? mostRetries, mostRetries);
  draft.job = { ...job, retries };
  if (policy.retries === retries) return ledger.taken(node, `${to}.retries`);
  ledger.changed(node, `a job that fails is tried again ${mostRetries} times at most`, {
    to: `${to}.retries`,
    next: 'write fewer if it gives up sooner',
  });
}
