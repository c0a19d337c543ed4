import type { ComposeService } from '../model/compose-project.ts';
import { composeDuration } from '../model/compose-units.ts';
import type { Health } from '../model/platform.ts';

/** The health check of a service in exec form: no shell is needed in the image, and nothing in it is expanded. */
export function healthcheckOf(health: Health): NonNullable<ComposeService['healthcheck']> {
  return {
    test: ['CMD', ...commandOf(health)],
    interval: composeDuration(health.intervalMs),
    timeout: composeDuration(health.timeoutMs),
    retries: health.retries,
    start_period: composeDuration(health.startMs),
  };
}

function commandOf(health: Health): readonly string[] {
  const test = health.test;
  switch (test.kind) {
    case 'exec':
      return test.command;
    case 'http':
      return httpCommand(`http://127.0.0.1:${test.port}${test.path}`, test.client ?? 'wget', health.timeoutMs);
    case 'tcp':
      return tcpCommand(test.port);
  }
}

/**
 * Options that both BusyBox and GNU wget know. curl fails on 4xx and 5xx with `-f` and follows no redirect; wget follows
 * it and has no option against that in BusyBox, so a check that answers with a redirect elsewhere should use curl.
 */
function httpCommand(url: string, client: 'wget' | 'curl', timeoutMs: number): readonly string[] {
  const seconds = String(Math.max(1, Math.ceil(timeoutMs / 1000)));
  return client === 'curl'
    ? ['curl', '-fsS', '-o', '/dev/null', '-m', seconds, url]
    : ['wget', '-q', '-T', seconds, '-O', '/dev/null', url];
}

/**
 * Looks for a listening socket in the kernel's own table, so the image needs `grep` and neither `nc` nor a shell, and
 * the program sees no connection. Columns are local address, remote address (zeros while listening) and state (0A is
 * LISTEN), see proc_net_tcp in the kernel's documentation. `-s`: without IPv6 there is no `tcp6`.
 */
function tcpCommand(port: number): readonly string[] {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return ['grep', '-qsE', `:${hex} 0+:0000 0A `, '/proc/net/tcp', '/proc/net/tcp6'];
}
