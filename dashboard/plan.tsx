import type { Status } from '../reconciler/model/status.ts';
import { now } from './live.ts';
import { ago, count, short } from './words.ts';

type PlanStatus = NonNullable<Status['plan']>;

const order = { running: 0, failed: 1, waiting: 2, stale: 3, skipped: 4, done: 5 } as const;

export function PlanSection({ plan }: { readonly plan: PlanStatus | undefined }) {
  if (plan === undefined) return null;
  const actions = plan.actions.toSorted((a, b) => order[a.state] - order[b.state]);
  return (
    <section aria-labelledby="plan">
      <h2 id="plan">Last plan</h2>
      <p class="quiet">
        for <code>{short(plan.revision)}</code>, made {ago(plan.at, now.value)}, digest{' '}
        <code>{plan.digest.slice(0, 12)}</code>
      </p>
      {actions.length === 0 && <p>No changes: everything is as the revision asks.</p>}
      <ul class="list">
        {actions.map((action) => (
          <li key={action.id}>
            <span class={`state state-${action.state}`}>{action.state}</span>
            <span class="what">
              {action.kind.replaceAll('-', ' ')} <code>{action.id.slice(action.id.indexOf(':') + 1)}</code>
            </span>
            <span class="why">
              {action.reason}
              {action.cause === 'drift' && <span class="tag tag-attention">changed by others</span>}
              {action.detail !== undefined && <span class="detail">{action.detail}</span>}
            </span>
          </li>
        ))}
      </ul>
      {plan.holds.length > 0 && (
        <>
          <h3>{count(plan.holds.length, 'thing')} held back</h3>
          <ul class="list">
            {plan.holds.map((hold) => (
              <li key={hold.subject + hold.reason}>
                <span class="state state-stale">held</span>
                <span class="what">
                  <code>{hold.subject}</code>
                </span>
                <span class="why">
                  {hold.reason}
                  {hold.next !== undefined && <span class="detail">{hold.next}</span>}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
