/** The `autogit.yaml` of the story, with what the steps change. */
export interface PlatformFile {
  /** Address of the Docker engine. */
  readonly engine: string;
  readonly forge: string;
  readonly repository: string;
  readonly image?: string;
  readonly greeting?: string;
  /** The service that is removed in the course of the story. */
  readonly notes?: boolean;
  readonly runnerImage: string;
}

export function platformFile(file: PlatformFile): string {
  const notes = `
  notes:
    image: autogit-test/plain:1
    volumes: { data: /data }
    limits: { cpus: 0.2, memory: 32Mi }`;
  return `name: home
domain: home.test
gitops: { repository: ${file.repository}, interval: 1s }
hosts: { local: "${file.engine}" }
forge: { use: gitea, url: "${file.forge}" }
services:
  web:
    image: ${file.image ?? 'autogit-test/http:1'}
    port: 8080
    environment: { GREETING: ${file.greeting ?? 'hello'} }
    health: { exec: [test, -f, /tmp/healthy], interval: 5s, start: 8s }
    limits: { cpus: 0.2, memory: 32Mi }
  visitor:
    image: autogit-test/plain:1
    needs: [web]
    limits: { cpus: 0.2, memory: 32Mi }${file.notes === false ? '' : notes}
runners:
  linux:
    labels: [linux]
    image: ${file.runnerImage}
    size: { max: 3, idleTime: 5s }
    limits: { cpus: 0.2, memory: 128Mi }
`;
}
