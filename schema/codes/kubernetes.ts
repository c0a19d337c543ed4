import type { Code } from '../codes.ts';

/** 520 to 549: what Kubernetes cannot do, or not everywhere. */
export const kubernetes: Readonly<Record<string, Code>> = {
  AG520: {
    title: 'limits of processes on Kubernetes',
    target: 'kubernetes',
    why: 'A pod has the limits that the container runtime of its node gives it; there is no field for them.',
    wrong: `name: home
domain: home.lan
target: kubernetes
services:
  shop: { image: "shop:1", ulimits: { nofile: 65536 } }
`,
    right: `name: home
domain: home.lan
target: kubernetes
services:
  shop: { image: "shop:1", ulimits: { nofile: 65536 } }
accept: { AG520: "containerd on our nodes sets nofile" }
`,
  },
  AG521: {
    title: 'a device of the host on Kubernetes',
    target: 'kubernetes',
    why: 'A pod may open a device only when a device plugin gave it to the pod, or when it may do everything. The device is left out.',
    wrong: `name: home
domain: home.lan
target: kubernetes
services:
  home-control: { image: "control:1", devices: [/dev/ttyUSB0] }
`,
    right: `name: home
domain: home.lan
target: kubernetes
services:
  home-control: { image: "control:1", devices: [/dev/ttyUSB0] }
accept: { AG521: "a device plugin offers the stick, and a patch asks for it" }
`,
  },
  AG522: {
    title: 'a kernel setting that nodes refuse',
    target: 'kubernetes',
    why: 'A pod may set what belongs to the pod alone and is known to be harmless. Other settings of its own are rendered once the code is accepted, and only run where kubelets allow them; settings of the whole node are left out.',
    wrong: `name: home
domain: home.lan
target: kubernetes
services:
  shop: { image: "shop:1", sysctls: { net.core.somaxconn: 4096 } }
`,
    right: `name: home
domain: home.lan
target: kubernetes
services:
  shop: { image: "shop:1", sysctls: { net.ipv4.ip_unprivileged_port_start: 80 } }
`,
  },
  AG523: {
    title: 'a folder of the host on Kubernetes',
    target: 'kubernetes',
    why: 'A pod may come to any node, and each has another folder at that path.',
    wrong: `name: home
domain: home.lan
target: kubernetes
services:
  media: { image: "media:1", volumes: { films: { path: /films, hostPath: /srv/films } } }
`,
    right: `name: home
domain: home.lan
target: kubernetes
services:
  media: { image: "media:1", volumes: { films: { path: /films, hostPath: /srv/films } } }
accept: { AG523: "there is one node" }
`,
  },
  AG524: {
    title: 'the network of the node',
    target: 'kubernetes',
    why: 'Network policies know pods by addresses of their own. One on the network of its node has none: it reaches everything, and those that it may talk to see a stranger.',
    wrong: `name: home
domain: home.lan
target: kubernetes
services:
  discovery: { image: "discovery:1", hostNetwork: true }
`,
    right: `name: home
domain: home.lan
target: kubernetes
services:
  discovery: { image: "discovery:1", ports: { mdns: { port: 5353, protocol: udp, publish: 5353 } } }
`,
  },
  AG525: {
    title: 'a pod that the Pod Security level of the file forbids',
    target: 'kubernetes',
    why: 'A namespace refuses pods that do not meet the level that it enforces: they would never start. When the code is accepted, the namespace enforces what every pod meets, and warns at the level of the file.',
    wrong: `name: home
domain: home.lan
target: kubernetes
cluster: { podSecurity: restricted }
services:
  shop: { image: "shop:1" }
`,
    right: `name: home
domain: home.lan
target: kubernetes
cluster: { podSecurity: restricted }
services:
  shop: { image: "shop:1", user: "1000:1000" }
`,
  },
  AG526: {
    title: 'memory of a GPU that no node tells',
    target: 'kubernetes',
    why: 'The feature discovery of NVIDIA labels nodes with the memory of their GPUs; that of other vendors writes no number that a pod could ask for.',
    wrong: `name: home
domain: home.lan
target: kubernetes
hosts: { local: { engine: "unix:///var/run/docker.sock", gpus: { amd: { count: 1, memory: 32Gi } } } }
services:
  model: { image: "model:1", gpu: { vendor: amd, memory: 16Gi } }
`,
    right: `name: home
domain: home.lan
target: kubernetes
hosts: { local: { engine: "unix:///var/run/docker.sock", gpus: { amd: { count: 1, memory: 32Gi } } } }
services:
  model: { image: "model:1", gpu: { vendor: amd } }
`,
  },
  AG527: {
    title: 'copies with volumes',
    target: 'kubernetes',
    why: 'A claim is mounted by one node. Copies of a stateful service get a claim each and so see different data; copies of another one share it and cannot run on two nodes.',
    wrong: `name: home
domain: home.lan
target: kubernetes
services:
  shop: { image: "shop:1", replicas: 2, volumes: { data: /data } }
`,
    right: `name: home
domain: home.lan
target: kubernetes
services:
  shop: { image: "shop:1", replicas: 2 }
accept: { AG550: "one copy is enough at home" }
`,
  },
  AG528: {
    title: 'waiting for a service that gives no sign',
    target: 'kubernetes',
    why: 'A pod that starts can see whether a port of another service answers, and nothing else of its health.',
    wrong: `name: home
domain: home.lan
target: kubernetes
services:
  shop: { image: "shop:1", needs: [worker] }
  worker: { image: "worker:1", health: { exec: ["worker", "check"] } }
`,
    right: `name: home
domain: home.lan
target: kubernetes
services:
  shop: { image: "shop:1", needs: { worker: started } }
  worker: { image: "worker:1", health: { exec: ["worker", "check"] } }
`,
  },
  AG529: {
    title: 'a name that no claim can have',
    target: 'kubernetes',
    why: 'Volumes of Docker may be called what no object of Kubernetes may.',
    wrong: `name: home
domain: home.lan
target: kubernetes
services:
  media: { image: "media:1", volumes: { films: { path: /films, external: Films_2 } } }
`,
    right: `name: home
domain: home.lan
target: kubernetes
services:
  media: { image: "media:1", volumes: { films: { path: /films, external: films } } }
`,
  },
  AG531: {
    title: 'a certificate that cert-manager cannot ask for',
    target: 'kubernetes',
    why: 'On Kubernetes cert-manager gets the certificates. It proves a host by an Ingress or a Gateway, changes zones at a few providers, and reads trusted certificates from no secret.',
    wrong: `name: home
domain: home.example.org
target: kubernetes
certificates: { issuer: letsencrypt, email: ops@example.org, challenge: dns-01, provider: desec, credentials: { token: desec } }
secrets: { desec: { env: DESEC_TOKEN } }
`,
    right: `name: home
domain: home.example.org
target: kubernetes
certificates: { issuer: letsencrypt, email: ops@example.org, challenge: dns-01, provider: cloudflare, credentials: { api-token: cf } }
secrets: { cf: { env: CF_TOKEN } }
`,
  },
  AG532: {
    title: 'a patch whose pods the namespace refuses',
    target: 'kubernetes',
    why: 'A namespace enforces a Pod Security level: the one of the file, or the strictest that every pod of the file meets, and patches do not change it on their own. A server takes the Deployment and refuses its pods, so the service would be gone without a word.',
    accept: 'the cluster exempts the namespace',
    wrong: `name: home
domain: home.lan
target: kubernetes
services:
  probe: { image: "probe:1", user: "1000:1000" }
patches:
  - target: { kind: Deployment, name: home-probe }
    why: it looks at all processes of the node
    merge: { spec: { template: { spec: { hostPID: true } } } }
`,
    right: `name: home
domain: home.lan
target: kubernetes
cluster: { podSecurity: privileged }
services:
  probe: { image: "probe:1", user: "1000:1000" }
patches:
  - target: { kind: Deployment, name: home-probe }
    why: it looks at all processes of the node
    merge: { spec: { template: { spec: { hostPID: true } } } }
`,
  },
  AG533: {
    title: 'a GPU that the cluster does not have',
    target: 'kubernetes',
    why: 'A pod that asks for a device which no node offers waits for ever. The file says what GPUs the nodes have, and this is not one of them.',
    accept: 'its device plugin is installed with the cluster',
    wrong: `name: home
domain: home.lan
target: kubernetes
hosts: { local: { engine: "unix:///var/run/docker.sock", gpus: { nvidia: exclusive } } }
cluster: { gpus: { nvidia: { memory: 24Gi } } }
services:
  model: { image: "model:1", gpu: { vendor: nvidia, memory: 48Gi } }
`,
    right: `name: home
domain: home.lan
target: kubernetes
hosts: { local: { engine: "unix:///var/run/docker.sock", gpus: { nvidia: exclusive } } }
cluster: { gpus: { nvidia: { memory: 24Gi } } }
services:
  model: { image: "model:1", gpu: { vendor: nvidia, memory: 16Gi } }
`,
  },
  AG534: {
    title: 'several shares of GPUs',
    target: 'kubernetes',
    why: 'Where containers share GPUs, a cluster counts shares and not GPUs: two of them may be of the same one and compute no more than one. The device plugin of NVIDIA refuses such a pod.',
    wrong: `name: home
domain: home.lan
target: kubernetes
hosts: { local: { engine: "unix:///var/run/docker.sock", gpus: { nvidia: exclusive } } }
cluster: { gpus: { nvidia: { share: 4 } } }
services:
  model: { image: "model:1", gpu: { vendor: nvidia, count: 2 } }
`,
    right: `name: home
domain: home.lan
target: kubernetes
hosts: { local: { engine: "unix:///var/run/docker.sock", gpus: { nvidia: exclusive } } }
cluster: { gpus: { nvidia: { share: 4 } } }
services:
  model: { image: "model:1", gpu: { vendor: nvidia } }
`,
  },
  AG540: {
    title: 'a further name that no Service can have',
    why: 'On Kubernetes each alias is a Service of that name. Its name begins with a letter, unless the API server has RelaxedServiceNameValidation, which Kubernetes 1.34 brought.',
    wrong: `name: home
domain: home.lan
target: kubernetes
services:
  stock: { image: "stock:1", port: 80, aliases: [1db] }
`,
    right: `name: home
domain: home.lan
target: kubernetes
services:
  stock: { image: "stock:1", port: 80, aliases: [db1] }
`,
  },
};
