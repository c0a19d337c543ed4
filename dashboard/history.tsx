import type { Status } from '../reconciler/model/status.ts';
import { now } from './live.ts';
import { ago, short } from './words.ts';

/** What is shown before one asks for more. */
const firstEvents = 12;

export function History({ status }: { readonly status: Status }) {
  return (
    <section aria-labelledby="history">
      <h2 id="history">History</h2>
      <ul class="list">
        {status.history.slice(0, 20).map((record) => (
          <li key={record.revision + record.at}>
            <span class={`state state-${record.state}`}>{record.state}</span>
            <span class="what">
              <code>{short(record.revision)}</code> <span class="quiet">{ago(record.at, now.value)}</span>
            </span>
            <span class="why">{record.reason}</span>
          </li>
        ))}
      </ul>
      <h3>Events</h3>
      <Events events={status.events.slice(0, firstEvents)} />
      {status.events.length > firstEvents && (
        <details>
          <summary>earlier events</summary>
          <Events events={status.events.slice(firstEvents)} />
        </details>
      )}
    </section>
  );
}

function Events({ events }: { readonly events: Status['events'] }) {
  return (
    <ol class="events" aria-label="newest first">
      {events.map((event, index) => (
        <li key={`${event.at}-${index}`}>
          <time dateTime={new Date(event.at).toISOString()}>{ago(event.at, now.value)}</time> <code>{event.event}</code>{' '}
          {event.detail}
        </li>
      ))}
    </ol>
  );
}
