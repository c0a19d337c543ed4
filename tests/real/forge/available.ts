import { findPrograms, GITEA, RUNNER } from './programs.ts';

/** Whether the real forge can be started here. Builds and installs nothing. */
export async function available(): Promise<
  { readonly ok: true; readonly what: string } | { readonly ok: false; readonly reason: string }
> {
  if (findPrograms() === undefined) {
    return {
      ok: false,
      reason: 'forge not built yet (once: tests/real/forge/prepare; needs Go, a C compiler and git)',
    };
  }
  return { ok: true, what: `Gitea ${GITEA.version.slice(1)}, runner ${RUNNER.version.slice(1)}` };
}
