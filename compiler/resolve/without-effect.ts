import type { Finding } from '../../schema/diagnostic.ts';
import type { Spec } from '../../schema/spec.ts';
import { pointerTo } from '../model/pointer.ts';

/** Settings that nothing would read: an error, because who wrote them believes that they work. */
export function withoutEffect(spec: Spec): readonly Finding[] {
  const { forge, hosts, runners, services, sso } = spec;
  const deployed = ['image', 'ssh', 'database', 'registration', 'placement'] as const;
  const ofForge = deployed.flatMap((key): readonly Finding[] => {
    if (forge === undefined || !('url' in forge) || forge.url === undefined || forge[key] === undefined) return [];
    return [
      {
        code: 'AG305',
        pointer: pointerTo('/forge', key),
        at: 'key',
        message: `\`${key}\` has no effect: the forge runs at ${forge.url} already and is not deployed`,
        hint: `remove \`${key}\`, or remove \`url\` to deploy a forge`,
      },
    ];
  });
  const ofPools = Object.entries(runners).flatMap(([id, pool]): readonly Finding[] => {
    const allowed = (pool.hosts ?? Object.keys(hosts)).flatMap((host) => hosts[host] ?? []);
    const processes = allowed.length > 0 && allowed.every(({ engine }) => engine === 'process');
    if (pool.image === undefined || !processes) return [];
    return [
      {
        code: 'AG305',
        pointer: pointerTo('/runners', id, 'image'),
        at: 'key',
        message: `\`image\` has no effect: every host of pool '${id}' runs plain processes`,
        hint: 'remove the image, or give the pool a host with a Docker engine',
      },
    ];
  });
  const ofVolumes = Object.entries(services).flatMap(([id, service]) =>
    Object.entries(service.volumes).flatMap(([volume, { external, hostPath }]): readonly Finding[] => {
      if (external === undefined || hostPath === undefined) return [];
      return [
        {
          code: 'AG305',
          pointer: pointerTo('/services', id, 'volumes', volume, 'external'),
          at: 'key',
          message: `\`external\` has no effect: volume '${volume}' of '${id}' is the folder ${hostPath} of the host`,
          hint: 'keep `external` or `hostPath`',
        },
      ];
    }),
  );
  const isSignedOn = sso !== undefined && forge !== undefined && 'registration' in forge && !('url' in forge);
  const ofSignOn: readonly Finding[] =
    isSignedOn && forge.registration !== undefined
      ? [
          {
            code: 'AG305',
            pointer: '/forge/registration',
            at: 'key',
            message:
              '`registration` has no effect: with `sso` accounts are made at the first sign-on, and nobody registers',
            hint: 'remove `registration`',
          },
        ]
      : [];
  return [...ofForge, ...ofSignOn, ...ofPools, ...ofVolumes];
}
