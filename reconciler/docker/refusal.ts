import type { ContainerUnit } from '../model/desired.ts';
import { plain, rejected, type WorldError } from './failure.ts';

/**
 * Why an engine made or started no container, where its own words leave the next step open. Texts of moby (20.10 to 29);
 * a part of the machine is missing, and the engine says so at create or at start, depending on its version.
 */
export function refusalOf(host: string, { name, spec }: ContainerUnit, said: string): WorldError | undefined {
  const folder = /bind source path does not exist: (\S+)/.exec(said)?.[1];
  if (folder !== undefined)
    return rejected(
      `${name} mounts the folder ${folder}, which is not on host ${host}: make it there, or correct hostPath`,
    );
  const device = /error gathering device information while adding custom device "?([^"]+?)"?:/.exec(said)?.[1];
  if (device !== undefined)
    return rejected(`${name} uses the device ${device}, which is not on host ${host}: plug it in or load its driver`);
  if (
    /could not select device driver|failed to discover GPU vendor|nvidia-container-cli|unresolvable CDI devices/.test(
      said,
    )
  ) {
    const drivers = [...new Set((spec.gpus ?? []).map(({ driver }) => driver))].join(', ');
    return rejected(
      `${name} asks for GPUs (${drivers}) that the engine of host ${host} cannot hand out: install the driver and, for nvidia, nvidia-container-toolkit there, then restart Docker (${plain(said)})`,
    );
  }
  if (/sysctl .*(?:not allowed|is not in a separate kernel namespace)/.test(said))
    return rejected(`${name} has a kernel setting that the engine refuses (${plain(said)}): remove it from sysctls`);
  return undefined;
}
