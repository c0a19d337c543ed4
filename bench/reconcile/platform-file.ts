/** The `autogit.yaml` of the measurements: `count` services that come up fast and do nothing. */
export interface PlatformFile {
  readonly name: string;
  readonly socket: string;
  readonly count: number;
  readonly intervalSeconds: number;
  /** Between two health checks of the engine. */
  readonly healthSeconds?: number;
  /** Changes when the container shall: its greeting. `web` is replaced start-first. */
  readonly web?: string;
  /** The same for a service with a published port, which is replaced stop-first. Absent: there is no such service. */
  readonly door?: { readonly greeting: string; readonly port: number };
}

export function platformFile(file: PlatformFile): string {
  const { name, socket, count, intervalSeconds, healthSeconds = 30, web, door } = file;
  const service = (id: string, image: string, greeting: string): string =>
    serviceText({ id, image, greeting, healthSeconds });
  const plain = Array.from({ length: count - (door === undefined ? 1 : 2) }, (_, index) =>
    service(`other-${index + 1}`, 'autogit-test/ok:1', '0'),
  );
  const published =
    door === undefined
      ? []
      : [
          service('door', 'autogit-test/http:1', door.greeting),
          `    ports: { web: { port: 8080, publish: ${door.port} } }`,
        ];
  return [
    `name: ${name}`,
    `domain: ${name}.test`,
    `gitops: { interval: ${intervalSeconds}s }`,
    `hosts: { local: "unix://${socket}" }`,
    'services:',
    service('web', 'autogit-test/ok:1', web ?? '0'),
    ...published,
    ...plain,
    '',
  ].join('\n');
}

function serviceText(service: {
  readonly id: string;
  readonly image: string;
  readonly greeting: string;
  readonly healthSeconds: number;
}): string {
  const { id, image, greeting, healthSeconds } = service;
  return [
    `  ${id}:`,
    `    image: ${image}`,
    `    environment: { GREETING: "${greeting}" }`,
    `    health: { exec: [test, -f, /tmp/healthy], interval: ${healthSeconds}s, start: 20s }`,
    '    limits: { cpus: 0.2, memory: 32Mi }',
  ].join('\n');
}
