/** A file in which the services use, between them, every field that the language has for Compose. */
export const machineFile = `name: home
domain: home.lan
ingress: traefik
hosts:
  big: { engine: "unix:///var/run/docker.sock", gpus: { nvidia: { count: 3 } } }
  lab: { engine: "ssh://ops@lab.lan", gpus: { amd: { count: 2 } } }
services:
  web:
    image: "web:1"
    build: { context: "https://git.home.lan/ops/web.git#main:image", dockerfile: Containerfile, target: release }
    workingDirectory: /srv/app
    placement: big
    entrypoint: [/bin/web, "$HOME"]
    command: [serve, "--listen=:8080"]
    port: 8080
    ports: { admin: 9000, dns: { port: 5353, protocol: udp, publish: { port: 53, address: 192.0.2.7 } } }
    host: web
    volumes:
      data: /data
      media: { path: /media, hostPath: /srv/media, readOnly: true }
      old: { path: /old, external: legacy_data, readOnly: true }
    tmpfs: [/run/web]
    shm: 256Mi
    configs: { app.conf: { path: /etc/app/app.conf, text: "price = $5\\n" } }
    environment: { MODE: production, KEY_FILE: { secret: key } }
    secrets: [{ secret: key, path: /etc/app/key }, certificate]
    health: { http: /healthz, port: 9000 }
    needs: { migrate: done, cache-a: healthy, queue: started }
    ulimits: { nofile: { soft: 1024, hard: 65536 }, memlock: -1 }
    sysctls: { net.core.somaxconn: 1024, net.ipv4.ip_unprivileged_port_start: 80 }
    devices: [/dev/ttyUSB0, /dev/fuse]
    aliases: [www, shop]
    extraHosts: { printer.home.lan: 192.168.1.20, six.home.lan: "fd00::1" }
    gpu: { vendor: nvidia, count: 2 }
    readOnly: true
    user: "1000:1000"
    stop: { grace: 90s, signal: SIGINT }
  migrate: { image: "web:1", command: [migrate], schedule: { at: once, timeout: 10m, retries: 2 }, needs: [cache-a] }
  cache-a: { image: "valkey/valkey:8", port: 6379, health: { exec: [sh, -c, "valkey-cli ping | grep -q PONG"] } }
  queue: { image: "queue:1", port: 5672, health: { tcp: true }, gpu: nvidia }
  nightly:
    image: "dump:1"
    schedule: { at: "0 3 * * *", timezone: Europe/Madrid, timeout: 90m }
    needs: [cache-a]
  discovery: { image: "discovery:1", hostNetwork: true, ports: { mdns: { port: 5353, protocol: udp, publish: 5353 } } }
  train: { image: "train:1", gpu: amd, placement: lab }
  draw: { image: "draw:1", gpu: amd, placement: lab }
secrets:
  key: { env: AUTOGIT_SECRET_KEY }
  certificate: { file: /etc/autogit/certificate }
`;
