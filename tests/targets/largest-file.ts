/** A file with the largest and the smallest quantities that the language takes: what it allows, the targets must take. */
export const largestFile = `name: most
domain: home.lan
services:
  days:
    image: "web:1"
    port: 8080
    limits: { cpus: 1024, memory: 999Ti }
    shm: 999Ti
    volumes: { data: { path: /data, size: 999999Gi } }
    health: { http: /, interval: 9999d, timeout: 9999d, retries: 100, start: 9999d }
    stop: { grace: 9999d }
  hours:
    image: "web:1"
    port: 8080
    limits: { cpus: 0.01, memory: 999999Gi }
    health: { tcp: true, interval: 99999h, timeout: 99999h, start: 99999h }
    stop: { grace: 99999h }
  minutes:
    image: "web:1"
    port: 8080
    health: { tcp: true, interval: 1s, timeout: 9999999m, start: 9999999m }
    stop: { grace: 9999999m }
  seconds:
    image: "web:1"
    port: 8080
    health: { tcp: true, interval: 1s, timeout: 1s, start: 999999999s }
    stop: { grace: 999999999s }
  nightly: { image: "web:1", schedule: { at: "0 3 * * *", timeout: 9999d, retries: 20 } }
  first: { image: "web:1", stop: { grace: 0s }, schedule: { at: once, timeout: 999999999s, retries: 20 } }
`;
