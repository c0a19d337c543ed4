import type { ComposeNotes, ServiceNotes } from '../model/compose-project.ts';
import type { Host, Workload } from '../model/platform.ts';
import { recordOf } from '../model/record.ts';

/** What `import` could not know from a Compose file alone: the GPUs of the host, and for each service ports and GPUs. */
export function notesOf(host: Host, workloads: readonly Workload[]): ComposeNotes {
  return {
    gpus: Object.fromEntries(
      host.gpus.map(({ vendor, mode, count }) => [vendor, count === undefined ? { mode } : { mode, count }]),
    ),
    services: recordOf(
      workloads.flatMap((workload) => {
        const notes = serviceNotes(workload);
        return Object.keys(notes).length === 0 ? [] : [[workload.id, notes] as const];
      }),
    ),
  };
}

/** On the network of the host nothing is reached by a link, so its ports are left out. */
function serviceNotes({ ports, gpu, hostNetwork }: Workload): ServiceNotes {
  const inside = hostNetwork === true ? [] : ports.filter(({ publish }) => publish === undefined);
  const words = inside.map(({ port, protocol }) => (protocol === 'tcp' ? String(port) : `${port}/${protocol}`));
  return {
    ...(words.length === 0 ? {} : { ports: [...new Set(words)] }),
    ...(gpu === undefined ? {} : { gpu: { vendor: gpu.vendor, count: gpu.count } }),
  };
}
