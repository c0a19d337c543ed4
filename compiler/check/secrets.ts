import type { Finding } from '../../schema/diagnostic.ts';
import type { Platform } from '../model/platform.ts';

/** Secrets of the file that nothing reads. */
export function checkSecrets({ secrets, workloads, forge, certificates }: Platform): readonly Finding[] {
  const used = new Set([
    ...workloads.flatMap(({ mounts }) => mounts.flatMap((mount) => (mount.kind === 'secret' ? [mount.secret] : []))),
    ...workloads.flatMap(({ environment }) =>
      environment.flatMap(({ value }) => (value.kind === 'text' ? [] : [value.secret])),
    ),
    ...(forge === undefined ? [] : [forge.token]),
    ...certificateSecrets(certificates),
  ]);
  return secrets.flatMap(({ id, origin }) => {
    if (used.has(id)) return [];
    return [
      {
        code: 'AG412',
        severity: 'warning' as const,
        pointer: origin,
        at: 'key' as const,
        message: `nothing uses the secret '${id}'`,
        hint: `mount it with \`secrets: [${id}]\` of a service, or remove it`,
      },
    ];
  });
}

/** On Kubernetes no workload of the platform mounts them: another one asks for the certificates. */
function certificateSecrets(certificates: Platform['certificates']): readonly string[] {
  if (certificates?.kind !== 'acme') return [];
  const { challenge, trust } = certificates;
  const credentials = challenge.kind === 'dns-01' ? challenge.credentials.map(({ secret }) => secret) : [];
  return trust === undefined ? credentials : [...credentials, trust];
}
