import type { Status } from '../reconciler/model/status.ts';
import { now } from './live.ts';
import { ago } from './words.ts';

const kinds = {
  container: 'services',
  files: 'config and secret volumes',
  volume: 'data volumes',
  network: 'networks',
} as const;

/** Containers first, everything else folded: it only matters when it is not well. */
export function Platform({ status }: { readonly status: Status }) {
  return (
    <section aria-labelledby="platform">
      <h2 id="platform">Platform</h2>
      {Object.entries(kinds).map(([kind, title]) => {
        const units = status.units.filter((unit) => unit.kind === kind);
        if (units.length === 0) return null;
        const bad = units.filter((unit) => unit.state !== 'ok').length;
        return (
          <details key={kind} open={kind === 'container' || bad > 0}>
            <summary>
              {title}{' '}
              <span class="quiet">
                {bad === 0 ? `${units.length}, all well` : `${bad} of ${units.length} not well`}
              </span>
            </summary>
            <ul class="list">
              {units.map((unit) => (
                <li key={unit.id}>
                  <span class={`state state-${unit.state}`}>{unit.state}</span>
                  <span class="what">
                    <code>{unit.id.split('/').slice(2).join('/')}</code> <span class="quiet">on {unit.host}</span>
                  </span>
                  <span class="why">
                    {unit.detail}
                    {unit.image !== undefined && <span class="detail">{unit.image}</span>}
                  </span>
                </li>
              ))}
            </ul>
          </details>
        );
      })}
      <h3>Hosts</h3>
      <ul class="list">
        {status.hosts.map((host) => (
          <li key={host.id}>
            <span class={`state state-${host.state === 'fresh' ? 'ok' : 'failed'}`}>
              {host.state === 'fresh' ? 'ok' : host.state}
            </span>
            <span class="what">
              <code>{host.id}</code> <span class="quiet">{host.kind}</span>
            </span>
            <span class="why">
              {host.detail} <span class="quiet">read {ago(host.at, now.value)}</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
