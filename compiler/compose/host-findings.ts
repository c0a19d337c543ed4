import type { Finding } from '../../schema/diagnostic.ts';
import type { Link, Platform, Workload } from '../model/platform.ts';
import { pointerTo } from '../model/pointer.ts';

/** What a workload asks of its host that cannot be, whatever is accepted: the engine would refuse it, or it would mean nothing. */
export function hostFindings(platform: Platform): readonly Finding[] {
  return [
    ...linksOffTheNetworks(platform),
    ...platform.workloads.flatMap((workload) => [
      ...withoutOwnNetwork(workload),
      ...foreignKernelSettings(workload),
      ...crossedLimits(workload),
    ]),
  ];
}

/** Who is on the network of the host is on no other: no name leads to it, and it finds nobody by name. One finding per pair. */
function linksOffTheNetworks({ workloads, links }: Platform): readonly Finding[] {
  const onHost = new Map(workloads.filter(({ hostNetwork }) => hostNetwork).map((each) => [each.id, each]));
  const pairs = new Map(links.map((link) => [`${link.from} ${link.to}`, link]));
  return onHost.size === 0 ? [] : [...pairs.values()].flatMap((link) => linkFinding(link, onHost));
}

function linkFinding(link: Link, onHost: ReadonlyMap<string, Workload>): readonly Finding[] {
  const workload = onHost.get(link.to) ?? onHost.get(link.from);
  if (workload === undefined || link.from === link.to) return [];
  return [
    {
      code: 'AG551',
      pointer: link.origin,
      message: `'${link.from}' cannot reach '${link.to}': '${workload.id}' is on the network of its host and on no other`,
      hint: `remove \`hostNetwork\` of '${workload.id}', or remove what links the two`,
      related: [{ pointer: pointerTo(workload.origin, 'hostNetwork'), message: 'it leaves all networks here' }],
    },
  ];
}

/** Settings of a network of its own, in a workload that has none. */
function withoutOwnNetwork(workload: Workload): readonly Finding[] {
  if (!workload.hostNetwork) return [];
  const { id, origin, ports, aliases = [], sysctls = [] } = workload;
  const say = (pointer: string, message: string, hint: string): Finding => ({ code: 'AG552', pointer, message, hint });
  return [
    ...ports.flatMap(({ port, publish, origin: place }) =>
      publish === undefined || (publish.port === port && publish.address === undefined)
        ? []
        : [
            say(
              place,
              `on the network of the host '${id}' listens on port ${port} of all addresses itself, and nothing can map it`,
              `let the program listen where it should, and publish that very port: \`publish: ${port}\``,
            ),
          ],
    ),
    ...(aliases.length === 0
      ? []
      : [
          say(
            pointerTo(origin, 'aliases'),
            `'${id}' is on the network of the host, where nothing has names`,
            'remove `aliases`, or `hostNetwork`',
          ),
        ]),
    ...sysctls
      .filter(({ name }) => name.startsWith('net.'))
      .map(({ name }) =>
        say(
          pointerTo(origin, 'sysctls', name),
          `${name} of '${id}' would be a setting of the host's own network, which the engine refuses`,
          'set it on the host, or remove `hostNetwork`',
        ),
      ),
  ];
}

/** Kernel settings that have a value of their own in each container (runc, libcontainer/configs/validate). */
const ownSettings =
  /^(?:net\..+|fs\.mqueue\..+|kernel\.(?:domainname|msgmax|msgmnb|msgmni|sem|shmall|shmmax|shmmni|shm_rmid_forced))$/;

function foreignKernelSettings({ id, origin, sysctls = [] }: Workload): readonly Finding[] {
  return sysctls
    .filter(({ name }) => !ownSettings.test(name))
    .map(({ name }) => ({
      code: 'AG557',
      pointer: pointerTo(origin, 'sysctls', name),
      message: `${name} of '${id}' is a setting of the whole machine, which an engine changes for no container`,
      hint: `set it on the host: a line \`${name} = …\` in /etc/sysctl.d, and remove it here`,
    }));
}

function crossedLimits({ id, origin, ulimits = [] }: Workload): readonly Finding[] {
  const amount = (value: number) => (value === -1 ? Number.POSITIVE_INFINITY : value);
  return ulimits
    .filter(({ soft, hard }) => amount(soft) > amount(hard))
    .map(({ name, soft, hard }) => ({
      code: 'AG558',
      pointer: pointerTo(origin, 'ulimits', name),
      message: `the soft limit of ${name} of '${id}' is ${soft === -1 ? 'none' : soft}, above its hard limit ${hard}`,
      hint: `raise \`hard\`, or leave it out: then it is the same as \`soft\``,
    }));
}
