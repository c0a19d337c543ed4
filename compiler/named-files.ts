import type { Finding } from '../schema/diagnostic.ts';
import type { Spec } from '../schema/spec.ts';
import { isOfGit } from './model/git-path.ts';
import { compareText } from './model/order.ts';
import { pointerTo } from './model/pointer.ts';

/** More than a Kubernetes object holds together with its other fields (1 MiB in etcd). */
const mostBytes = 900_000;

export interface NamedFiles {
  /** Contents by path; a file that could not be used is not there. */
  readonly files: Readonly<Record<string, string>>;
  readonly findings: readonly Finding[];
}

/**
 * Reads every file of the repository that `configs` name, each once. Of files that hold encrypted secrets only that they
 * are there: what is in them is no part of what is compiled.
 */
export async function namedFiles(
  spec: Spec,
  read: ((path: string) => Promise<Uint8Array | undefined>) | undefined,
): Promise<NamedFiles> {
  const named = Object.entries(spec.services).flatMap(([id, { configs }]) =>
    Object.entries(configs).flatMap(([key, { file }]) =>
      file === undefined ? [] : [{ path: file, pointer: pointerTo('/services', id, 'configs', key, 'file') }],
    ),
  );
  const missing = await missingSecretFiles(spec, read);
  if (named.length === 0) return { files: {}, findings: missing };
  const paths = [...new Set(named.map(({ path }) => path))].sort(compareText);
  const contents = await Promise.all(
    paths.map(async (path) => [path, isOfGit(path) ? ofGit : textOf(await read?.(path))] as const),
  );
  const byPath = new Map(contents);
  const findings = named.flatMap(({ path, pointer }): readonly Finding[] => {
    const content = byPath.get(path);
    if (typeof content?.text === 'string') return [];
    return [{ code: 'AG306', pointer, message: `${path} ${content?.fault}`, hint: content?.hint ?? '' }];
  });
  const files = Object.fromEntries(contents.flatMap(([path, { text }]) => (text === undefined ? [] : [[path, text]])));
  return { files, findings: [...findings, ...missing] };
}

async function missingSecretFiles(
  spec: Spec,
  read: ((path: string) => Promise<Uint8Array | undefined>) | undefined,
): Promise<readonly Finding[]> {
  const findings = await Promise.all(
    Object.entries(spec.secrets).map(async ([id, { sops }]): Promise<readonly Finding[]> => {
      const path = sops?.split('#', 1)[0];
      if (path === undefined) return [];
      const pointer = pointerTo('/secrets', id, 'sops');
      if (isOfGit(path)) return [{ code: 'AG306', pointer, message: `${path} ${ofGit.fault}`, hint: ofGit.hint }];
      if (read === undefined || (await read(path)) !== undefined) return [];
      const hint = 'write the path from the folder of the platform file, and commit the encrypted file';
      const message = `${path} is not in the repository`;
      return [{ code: 'AG306', pointer, message, hint }];
    }),
  );
  return findings.flat();
}

interface Unusable {
  readonly text?: undefined;
  readonly fault: string;
  readonly hint: string;
}
type Content = { readonly text: string } | Unusable;

const ofGit: Unusable = {
  fault: 'is what Git keeps for itself, which no commit holds and where a token may stand',
  hint: 'name a file that is committed',
};

function textOf(bytes: Uint8Array | undefined): Content {
  if (bytes === undefined) {
    return {
      fault: 'is not in the repository',
      hint: 'write the path from the folder of the platform file, and commit the file',
    };
  }
  if (bytes.length > mostBytes) {
    return { fault: `is larger than ${mostBytes} bytes`, hint: 'put it into the image or a volume' };
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { fault: 'is not UTF-8 text', hint: 'put binary files into the image or a volume' };
  }
}
