/**
 * One neutral model in the language of each program: `services` services with image, command, two variables, a port, a
 * volume, a configuration file, a health check, limits, and a need on the one before. For the writers of Kubernetes
 * objects that is a Deployment, a Service, a claim and a ConfigMap for each.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes `autogit.yaml`, `compose.yaml`, `chart/` and `kustomize/` into a folder. */
export function writeInputs(folder: string, services: number): void {
  const numbers = Array.from({ length: services }, (_, number) => number);
  const put = (path: string, text: string): void => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  put(
    'autogit.yaml',
    `name: many\ndomain: many.test\nhosts: { local: { engine: unix:///var/run/docker.sock, memory: ${services}Gi } }\nservices:\n${numbers.map(autogitService).join('')}`,
  );
  put('compose.yaml', composeText(numbers));
  for (const number of numbers) put(`app${number}.conf`, configText(number));
  put('chart/Chart.yaml', 'apiVersion: v2\nname: many\nversion: 1.0.0\n');
  put(
    'chart/values.yaml',
    `services:\n${numbers.map((number) => `  - { name: s${number}, index: "${number}" }\n`).join('')}`,
  );
  put(
    'chart/templates/all.yaml',
    `{{- range .Values.services }}\n${objectsText('{{ .name }}', '{{ .index }}')}{{- end }}\n`,
  );
  put('kustomize/kustomization.yaml', `resources:\n${numbers.map((number) => `  - s${number}.yaml\n`).join('')}`);
  for (const number of numbers) put(`kustomize/s${number}.yaml`, objectsText(`s${number}`, String(number)));
}

function configText(number: number | string): string {
  return `listen 8080\nname s${number}\n`;
}

/** Small enough that 1,000 of them stay below the limits of a file, and short enough for one line each where it can be. */
function autogitService(number: number): string {
  return [
    `  s${number}:`,
    `    image: ghcr.io/home/s${number}:1`,
    '    command: [serve, --port, "8080"]',
    '    port: 8080',
    `    environment: { LEVEL: info, INDEX: "${number}" }`,
    '    health: { http: /healthz }',
    '    volumes: { data: { path: /data, size: 1Gi } }',
    `    configs: { app.conf: { path: /etc/app/app.conf, text: "listen 8080\\nname s${number}\\n" } }`,
    '    limits: { cpus: 0.5, memory: 128Mi }',
    ...(number === 0 ? [] : [`    needs: [s${number - 1}]`]),
    '',
  ].join('\n');
}

function composeText(numbers: readonly number[]): string {
  const services = numbers.map((number) =>
    [
      `  s${number}:`,
      `    image: ghcr.io/home/s${number}:1`,
      '    command: [serve, --port, "8080"]',
      `    environment: { LEVEL: info, INDEX: "${number}" }`,
      '    ports: ["8080"]',
      `    volumes: ["s${number}-data:/data"]`,
      `    configs: [{ source: s${number}-app, target: /etc/app/app.conf }]`,
      '    healthcheck: { test: [CMD, wget, -q, "http://127.0.0.1:8080/healthz"], interval: 30s }',
      '    deploy: { resources: { limits: { cpus: "0.5", memory: 128M } } }',
      ...(number === 0 ? [] : [`    depends_on: { s${number - 1}: { condition: service_healthy } }`]),
      '',
    ].join('\n'),
  );
  const volumes = numbers.map((number) => `  s${number}-data: {}\n`);
  const configs = numbers.map((number) => `  s${number}-app: { file: ./app${number}.conf }\n`);
  return `name: many\nservices:\n${services.join('')}volumes:\n${volumes.join('')}configs:\n${configs.join('')}`;
}

function objectsText(name: string, index: string): string {
  return `---
apiVersion: v1
kind: ConfigMap
metadata: { name: ${name}-app, labels: { app: ${name} } }
data:
  app.conf: |
    listen 8080
    name ${name}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: ${name}-data, labels: { app: ${name} } }
spec:
  accessModes: [ReadWriteOnce]
  resources: { requests: { storage: 1Gi } }
---
apiVersion: v1
kind: Service
metadata: { name: ${name}, labels: { app: ${name} } }
spec:
  selector: { app: ${name} }
  ports: [{ name: http, port: 8080, targetPort: 8080 }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, labels: { app: ${name} } }
spec:
  replicas: 1
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      containers:
        - name: ${name}
          image: ghcr.io/home/${name}:1
          args: [serve, --port, "8080"]
          env:
            - { name: LEVEL, value: info }
            - { name: INDEX, value: "${index}" }
          ports: [{ name: http, containerPort: 8080 }]
          readinessProbe: { httpGet: { path: /healthz, port: http } }
          resources: { limits: { cpu: 500m, memory: 128Mi } }
          volumeMounts:
            - { name: data, mountPath: /data }
            - { name: app, mountPath: /etc/app/app.conf, subPath: app.conf }
      volumes:
        - { name: data, persistentVolumeClaim: { claimName: ${name}-data } }
        - { name: app, configMap: { name: ${name}-app } }
`;
}
