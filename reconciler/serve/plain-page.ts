/** The state as plain HTML: what a browser without scripts shows, and the first paint of the dashboard. */
import type { Status } from '../model/status.ts';

/** Every text is escaped; the result is safe to place in the page. */
export function renderPlain(status: Status): string {
  const rows = status.units.map(
    (unit) =>
      `<tr><td>${escapeHtml(unit.id)}</td><td>${escapeHtml(unit.state)}</td><td>${escapeHtml(unit.detail)}</td></tr>`,
  );
  const pools = status.pools.map(
    (pool) =>
      `<li>${escapeHtml(pool.pool)}: ${pool.queued} queued, ${pool.busy} busy, ${pool.size} of ${pool.max ?? 'as many as fit'} runners. ${escapeHtml(pool.decision?.sentence ?? '')}</li>`,
  );
  return (
    `<main class="plain"><h1>${escapeHtml(titleOf(status))}</h1>` +
    (status.embedded ? '<p class="banner">Embedded engine: nothing outside this process is changed.</p>' : '') +
    `<p class="sentence">${escapeHtml(status.sentence)}</p>` +
    (rows.length > 0
      ? `<table><thead><tr><th>unit</th><th>state</th><th>detail</th></tr></thead><tbody>${rows.join('')}</tbody></table>`
      : '') +
    (pools.length > 0 ? `<h2>Pools</h2><ul>${pools.join('')}</ul>` : '') +
    '</main>'
  );
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function titleOf({ platform, environment }: Status): string {
  return environment === undefined ? platform : `${platform} (${environment})`;
}
