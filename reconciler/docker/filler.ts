import { createHash } from 'node:crypto';
import type { Scope } from '../ports/engine.ts';
import { LABEL } from './labels.ts';
import type { TarFile } from './tar.ts';

/** Where the volume is mounted while it is filled. */
const PLACE = '/fill';

/**
 * What the filler container runs. Anything a cut-off run left is removed first; every file is written to disk before its
 * digest is printed. Needs a shell, tar, find, stat and sha256sum: busybox has them.
 */
const SCRIPT = `set -eu
cd ${PLACE}
rm -rf ./* ./.[!.]* ./..?*
umask 022
tar -x -p -f -
chmod "$ROOT_MODE" .
find . -type f | while IFS= read -r file; do
  fsync "$file" 2>/dev/null || true
  printf 'file %s %s %s\\n' "$(sha256sum < "$file" | cut -d' ' -f1)" "$(stat -c '%a %u %g' "$file")" "$file"
done
fsync . 2>/dev/null || true
echo filled
`;

export interface FillRequest {
  readonly volume: string;
  readonly files: readonly TarFile[];
  /** Permissions of the volume's own folder. */
  readonly rootMode: number;
}

export const fillerName = (volume: string): string => `${volume}.fill`;

/** No network, read-only root, no capability that its work does not need, and only that one volume. Holds no content. */
export function fillerBody(image: string, request: FillRequest, scope: Scope): Readonly<Record<string, unknown>> {
  const foreignOwner = request.files.some((file) => file.uid !== 0 || file.gid !== 0);
  return {
    Image: image,
    Entrypoint: ['sh'],
    Cmd: ['-c', SCRIPT],
    Env: [`ROOT_MODE=${request.rootMode.toString(8)}`],
    User: '0:0',
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    NetworkDisabled: true,
    Healthcheck: { Test: ['NONE'] },
    Labels: { [LABEL.platform]: scope.platform, [LABEL.deployment]: scope.deployment, [LABEL.filler]: request.volume },
    HostConfig: {
      NetworkMode: 'none',
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      // Giving a file away, and reading it back for its digest afterwards.
      CapAdd: foreignOwner ? ['CHOWN', 'DAC_OVERRIDE', 'FOWNER'] : [],
      SecurityOpt: ['no-new-privileges:true'],
      Memory: 64 * 2 ** 20,
      PidsLimit: 64,
      LogConfig: { Type: 'none' },
      Mounts: [{ Type: 'volume', Source: request.volume, Target: PLACE, VolumeOptions: { NoCopy: true } }],
    },
  };
}

/** The lines that the filler must print for these files, sorted. */
export function expectedLines(files: readonly TarFile[]): readonly string[] {
  return files
    .map((file) => {
      const digest = createHash('sha256').update(file.content).digest('hex');
      return `file ${digest} ${file.mode.toString(8)} ${file.uid} ${file.gid} ./${file.path}`;
    })
    .sort();
}

/** Undefined when the output proves that the volume holds exactly these files; else what is wrong. */
export function fillFault(output: string, files: readonly TarFile[]): string | undefined {
  const lines = output
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const wanted = expectedLines(files);
  const printed = lines.filter((line) => line.startsWith('file ')).sort();
  if (!lines.includes('filled'))
    return `the filler did not finish${lines.length > 0 ? `: ${lines.slice(-3).join('; ').slice(0, 200)}` : ''}`;
  if (printed.length !== wanted.length || printed.some((line, index) => line !== wanted[index]))
    return 'the volume does not hold what was sent';
  return undefined;
}
