import type { InspectedContainer } from './engine-json.ts';
import { plain } from './failure.ts';

/** Why a container ended, in words: `ended with code 137: out of memory (limit 512 MiB); raise limits.memory`. */
export function explainExit({ State: state, HostConfig: host }: InspectedContainer): string {
  const code = state.ExitCode ?? 0;
  const limit = host.Memory ? ` (limit ${Math.round(host.Memory / 2 ** 20)} MiB)` : '';
  if (state.OOMKilled) return `ended with code ${code}: out of memory${limit}; raise limits.memory`;
  if (code === 126)
    return `ended with code 126: its command cannot be executed${said(state.Error)}; check that it is a program and executable`;
  if (code === 127)
    return `ended with code 127: its command does not exist in the image${said(state.Error)}; check command and entrypoint`;
  if (code === 128 && state.Error) return `did not start: ${plain(state.Error)}`;
  if (code === 137)
    return `ended with code 137: killed (SIGKILL), often by the memory limit${limit} or a stop that took too long`;
  if (code === 139) return 'ended with code 139: it crashed (SIGSEGV)';
  if (code === 143) return 'ended with code 143: it was asked to stop (SIGTERM)';
  if (code === 0) return 'ended by itself with code 0; a service must keep running';
  return `ended with code ${code}${said(state.Error)}`;
}

/** Why a runner ended with an error, in words: `ended with code 127: gitea-runner is not in image ubuntu:24.04`. */
export function explainRunnerExit(container: InspectedContainer): string {
  const { Image: image, Entrypoint: entrypoint } = container.Config;
  if (container.State.ExitCode !== 127) return explainExit(container);
  const program = entrypoint?.[0] ?? 'its program';
  return `ended with code 127: ${program} is not in image ${image ?? 'of its pool'}; choose an image that has it`;
}

function said(error: string | undefined): string {
  return error ? ` (${plain(error)})` : '';
}
