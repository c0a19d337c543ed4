import type { Decision } from '../reconciler/model/decision.ts';
import type { PoolStatus } from '../reconciler/model/status.ts';
import { Chart } from './chart.tsx';
import { now } from './live.ts';
import { age, ago } from './words.ts';

export function Pools({ pools }: { readonly pools: readonly PoolStatus[] }) {
  if (pools.length === 0) return null;
  return (
    <section aria-labelledby="pools">
      <h2 id="pools">Runner pools</h2>
      <div class="cards">
        {pools.map((pool) => (
          <Pool key={pool.pool} pool={pool} />
        ))}
      </div>
    </section>
  );
}

function Pool({ pool }: { readonly pool: PoolStatus }) {
  return (
    <article class="card" aria-label={`pool ${pool.pool}`}>
      <h3>
        {pool.pool}
        {pool.decision?.held === true && <span class="tag tag-attention">size held</span>}
      </h3>
      <dl class="numbers">
        <Figure name="waiting" value={pool.queued} />
        <Figure name="busy" value={pool.busy} />
        <Figure name="idle" value={pool.idle} />
        <Figure name="starting" value={pool.starting} />
        <Figure name={`runners of ${pool.max ?? 'what fits'}`} value={pool.size} />
      </dl>
      <Chart pool={pool} />
      {pool.decision !== undefined && <Why decision={pool.decision} />}
    </article>
  );
}

function Figure({ name, value }: { readonly name: string; readonly value: number }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Why({ decision }: { readonly decision: Decision }) {
  return (
    <details>
      <summary>{decision.sentence}</summary>
      <p class="quiet">decided {ago(decision.at, now.value)}</p>
      <table>
        <caption>Inputs</caption>
        <tbody>
          {decision.inputs.map((input) => (
            <tr key={input.name}>
              <th scope="row">{input.name}</th>
              <td>{input.value}</td>
              <td class="quiet">{input.ageMs === undefined ? '' : `${age(input.ageMs)} old`}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <table>
        <caption>Limits, in order</caption>
        <tbody>
          {decision.clamps.map((clamp) => (
            <tr key={clamp.name}>
              <th scope="row">{clamp.name}</th>
              <td>{clamp.before === clamp.after ? clamp.after : `${clamp.before} → ${clamp.after}`}</td>
              <td>{clamp.reason}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
