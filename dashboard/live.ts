/** The status, live: one event stream per tab; the browser reconnects by itself and the first event is the whole state. */
import { signal } from '@preact/signals';
import type { Status } from '../reconciler/model/status.ts';

export const status = signal<Status | undefined>(undefined);
/** `lost` while the stream is down: what is shown may be old. */
export const connection = signal<'connecting' | 'live' | 'lost'>('connecting');
/** Wall clock of the page, ticking each second, so that ages stay true. */
export const now = signal(Date.now());

export function connect(): void {
  const stream = new EventSource('/api/events');
  stream.addEventListener('status', (event) => {
    status.value = JSON.parse((event as MessageEvent<string>).data) as Status;
    connection.value = 'live';
  });
  stream.addEventListener('open', () => {
    connection.value = 'live';
  });
  stream.addEventListener('error', () => {
    connection.value = 'lost';
    // A refused stream (too many tabs) is closed for good by the browser: try again later.
    if (stream.readyState === EventSource.CLOSED) setTimeout(connect, 10_000);
  });
}

export function startClock(): void {
  setInterval(() => {
    now.value = Date.now();
  }, 1000);
}
