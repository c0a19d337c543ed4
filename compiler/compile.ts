import type { Diagnostic, Finding } from '../schema/diagnostic.ts';
import type { Document } from '../schema/document.ts';
import type { Spec } from '../schema/spec.ts';
import { check } from './check/check.ts';
import { checkLiteralSecrets } from './check/literal-secrets.ts';
import { diagnose, isAccepted } from './diagnose.ts';
import type { LockFile } from './lock.ts';
import type { Catalog } from './model/component.ts';
import type { Platform } from './model/platform.ts';
import type { Rendered } from './model/target.ts';
import { namedFiles } from './named-files.ts';
import { readDocument } from './read/read-document.ts';
import { resolve } from './resolve/resolve.ts';
import type { Targets } from './targets.ts';
import { validate } from './validate/validate.ts';

export interface CompileInput {
  /** Name of the file for messages. */
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly catalog: Catalog;
  readonly targets: Targets;
  /** The `autogit.lock` beside the file: every image gets its digest, and one that is not in it is an error. */
  readonly lock?: LockFile | undefined;
  /** Environment of the file that is laid over it. Default: the file as it stands. */
  readonly environment?: string | undefined;
  /** True to judge the file as it stands and in all its environments, not only in the one that is compiled. */
  readonly everyEnvironment?: boolean | undefined;
  /** What to render. Default: the target that the file names. */
  readonly target?: Platform['target'] | 'all' | undefined;
  /** Oldest version of Kubernetes that the output has to run on: `1.33`. Default: the one of the file. */
  readonly kubernetesVersion?: string | undefined;
  /**
   * Bytes of another file of the same commit, by its path from the folder of the platform file; undefined when there is
   * none. Absent: no file can be read, and one that the platform file names is reported as missing.
   */
  readonly read?: ((path: string) => Promise<Uint8Array | undefined>) | undefined;
}

export interface Compiled {
  /** Everything there is to say, sorted by place. */
  readonly diagnostics: readonly Diagnostic[];
  /** For the first target that was asked for. Absent when a diagnostic is an error. */
  readonly platform?: Platform;
  /** The files of every target that was asked for. Absent when a diagnostic is an error. */
  readonly rendered?: Rendered;
}

/** `autogit.yaml` → platform → rendered files, or all that is wrong with it. The same bytes give the same result. */
export async function compile(input: CompileInput): Promise<Compiled> {
  const { document, diagnostics } = await readDocument(input);
  if (document === undefined) return { diagnostics };
  const plain =
    input.environment === undefined && (input.everyEnvironment !== true || !('environments' in document.tree));
  if (plain) return compileDocument(input, document, diagnostics);
  return (await import('./environments.ts')).compileEnvironments(input, document, diagnostics);
}

/** The steps after reading; `diagnostics` is what reading said. */
export async function compileDocument(
  input: CompileInput,
  document: Document,
  diagnostics: readonly Diagnostic[],
): Promise<Compiled> {
  const { spec, findings } = await validate(document);
  if (spec === undefined || diagnostics.length > 0)
    return { diagnostics: diagnose({ document, findings, diagnostics }) };
  return compileSpec(input, document, spec);
}

async function compileSpec(input: CompileInput, document: Document, ofFile: Spec): Promise<Compiled> {
  const version = input.kubernetesVersion ?? ofFile.cluster.version;
  const spec = { ...ofFile, cluster: { ...ofFile.cluster, version } };
  const beside = await namedFiles(spec, input.read);
  const locked = input.lock && (await (await import('./lock.ts')).pinBy(input.lock));
  const meant = wanted(input.target ?? spec.target).map((target) =>
    resolve(spec, { catalog: input.catalog, target, files: beside.files }),
  );
  const resolved = locked === undefined ? meant : meant.map(locked.pin);
  const findings = [
    ...beside.findings,
    ...checkLiteralSecrets(document.tree),
    ...resolved.flatMap(({ platform, findings }) => [...findings, ...check(platform)]),
  ];
  const { accept } = spec;
  const ofLock = locked?.diagnostics ?? [];
  const open = findings.filter((finding) => !isAccepted(finding, accept));
  if ([...open, ...ofLock].some(isError)) {
    const idle = await idleAcceptances({ accept, findings, targets: [] });
    return { diagnostics: [...diagnose({ document, findings: [...findings, ...idle], accept }), ...ofLock] };
  }

  const rendered = await Promise.all(
    resolved.map(async ({ platform }) => (await input.targets[platform.target]()).render(platform)),
  );
  const all = [...findings, ...rendered.flatMap((each) => each.findings)];
  const targets = isJudgedWhole(input, document) ? resolved.map(({ platform }) => platform.target) : [];
  const idle = await idleAcceptances({
    accept,
    findings: all,
    accepted: rendered.flatMap(({ accepted = [] }) => accepted),
    targets: all.some((finding) => isError(finding) && !isAccepted(finding, accept)) ? [] : targets,
  });
  const diagnostics = diagnose({ document, findings: [...all, ...idle], accept });
  const platform = resolved[0]?.platform;
  if (platform === undefined || diagnostics.some(isError)) return { diagnostics };
  return { diagnostics, platform, rendered: joined(rendered) };
}

/** Lines of `accept` that accept nothing. Most files have none, and then nothing is loaded for it. */
async function idleAcceptances({
  accept,
  findings,
  accepted = [],
  targets,
}: {
  readonly accept: Spec['accept'];
  readonly findings: readonly Finding[];
  readonly accepted?: readonly string[];
  readonly targets: readonly Platform['target'][];
}): Promise<readonly Finding[]> {
  const used = new Set([
    ...accepted,
    ...findings.filter((finding) => isAccepted(finding, accept)).map(({ code }) => code),
  ]);
  if (Object.keys(accept).every((code) => used.has(code))) return [];
  return (await import('./check/acceptances.ts')).checkAcceptances({ accept, used, targets });
}

/** What one environment does not use another may. */
function isJudgedWhole({ environment, everyEnvironment }: CompileInput, { tree }: Document): boolean {
  return everyEnvironment === true || (environment === undefined && !('environments' in tree));
}

function wanted(target: Platform['target'] | 'all'): readonly Platform['target'][] {
  return target === 'all' ? ['compose', 'kubernetes'] : [target];
}

function isError({ severity = 'error' }: Finding | Diagnostic): boolean {
  return severity === 'error';
}

function joined(rendered: readonly Rendered[]): Rendered {
  return {
    manifests: rendered.flatMap(({ manifests }) => manifests),
    findings: rendered.flatMap(({ findings }) => findings),
    projects: rendered.flatMap(({ projects }) => projects ?? []),
  };
}
