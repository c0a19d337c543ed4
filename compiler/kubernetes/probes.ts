import type { Health, Workload } from '../model/platform.ts';
import type { Container, Probe } from './objects.ts';

/** Most often that a starting program is asked; a finer interval of the file wins. */
const startPeriodSeconds = 5;

type Probes = Pick<Container, 'readinessProbe' | 'livenessProbe' | 'startupProbe'>;

/**
 * Readiness is the health check of the file. Liveness only asks whether the port still takes connections: a check that
 * looks at the database would have Kubernetes kill every client of a database that is away. Start-up asks the same as
 * liveness and gives it the whole start budget, so a program that is slow or waits for another is not killed either. A job
 * has an end instead, and nothing that would kill it before; and where no port could be asked, nothing is killed either.
 */
export function probesOf(workload: Workload): Probes {
  const health = workload.health;
  if (health === undefined) return {};
  const periodSeconds = seconds(health.intervalMs);
  const timeoutSeconds = seconds(health.timeoutMs);
  const timing = { periodSeconds, timeoutSeconds, failureThreshold: health.retries };
  const readinessProbe = { ...checkOf(health.test), ...timing };
  const alive = livenessOf(workload, health.test);
  if (workload.job !== undefined || alive === undefined) return { readinessProbe };
  const startPeriod = Math.min(startPeriodSeconds, periodSeconds);
  return {
    readinessProbe,
    livenessProbe: { ...alive, ...timing },
    startupProbe: {
      ...alive,
      periodSeconds: startPeriod,
      timeoutSeconds,
      failureThreshold: Math.max(1, Math.ceil(health.startMs / 1000 / startPeriod)),
    },
  };
}

function checkOf(test: Health['test']): Probe {
  switch (test.kind) {
    case 'http':
      return { httpGet: { path: test.path, port: test.port, scheme: 'HTTP' } };
    case 'tcp':
      return { tcpSocket: { port: test.port } };
    case 'exec':
      return { exec: { command: test.command } };
  }
}

function livenessOf(workload: Workload, test: Health['test']): Probe | undefined {
  if (test.kind !== 'exec') return { tcpSocket: { port: test.port } };
  const first = workload.ports.find((port) => port.protocol === 'tcp');
  return first && { tcpSocket: { port: first.port } };
}

function seconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000));
}
