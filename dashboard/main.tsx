/** The dashboard: what AutoGit runs, what it does now and why, live. */
import { render } from 'preact';
import type { Status } from '../reconciler/model/status.ts';
import { History } from './history.tsx';
import { connect, connection, now, startClock, status } from './live.ts';
import { PlanSection } from './plan.tsx';
import { Platform } from './platform.tsx';
import { Pools } from './pools.tsx';
import { ago, short } from './words.ts';

const app = document.getElementById('app');
if (app !== null) {
  app.replaceChildren();
  render(<Page />, app);
  connect();
  startClock();
}

function Page() {
  const current = status.value;
  if (current === undefined)
    return (
      <main>
        <p role="status">
          {connection.value === 'lost' ? 'AutoGit does not answer; trying again…' : 'Asking AutoGit…'}
        </p>
      </main>
    );
  return (
    <>
      <a class="skip" href="#pools">
        Skip to the pools
      </a>
      <Header status={current} />
      <main>
        <Pools pools={current.pools} />
        <div class="columns">
          <PlanSection plan={current.plan} />
          <Platform status={current} />
        </div>
        <History status={current} />
      </main>
      <footer class="quiet">
        AutoGit {current.version} · cycle {current.cycle.number}
        {current.cycle.lastMs !== undefined && ` took ${Math.round(current.cycle.lastMs)} ms`} ·{' '}
        <a href="/api/status">status as JSON</a> · <a href="/metrics">metrics</a>
      </footer>
    </>
  );
}

function Header({ status: current }: { readonly status: Status }) {
  const source = current.source;
  return (
    <header>
      {current.embedded && (
        <p class="banner">
          Embedded engine: this is a demonstration in memory, nothing outside this process is changed.
        </p>
      )}
      <div class="title">
        <h1>
          {current.platform}
          {current.environment !== undefined && ` (${current.environment})`}
        </h1>
        <span class={`live live-${connection.value}`} role="status">
          {connection.value === 'live' ? 'live' : 'not connected; what is shown may be old'}
        </span>
      </div>
      <p class={`sentence health-${current.health}`}>{current.sentence}</p>
      <p class="quiet">
        {source.name}
        {source.branch !== undefined && ` · ${source.branch}`}
        {source.revision !== undefined && (
          <>
            {' '}
            at <code>{short(source.revision)}</code> {source.subject}
          </>
        )}
        {source.checkedAt !== undefined && ` · looked ${ago(source.checkedAt, now.value)}`}
      </p>
      {source.failure !== undefined && <p class="problem">The source cannot be read: {source.failure}</p>}
      {current.revision !== undefined &&
        source.revision !== undefined &&
        current.revision.revision !== source.revision && (
          <p class="problem">
            In force is <code>{short(current.revision.revision)}</code>
            {current.revision.reason !== undefined && `: ${current.revision.reason}`}
          </p>
        )}
    </header>
  );
}
