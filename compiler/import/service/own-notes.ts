import { type ComposeNode, member, textAt, textIn } from '../node.ts';
import { type JobDraft, type Scope, target } from '../scope.ts';
import { durationText, millisecondsOf } from '../units.ts';
import { readExposed } from './ports.ts';

/**
 * What AutoGit wrote beside a service that it rendered, because Compose has no key for it: `x-autogit-job`, `-ports`,
 * `-gpu`. Every other extension field is nobody's.
 */
export function readExtension(key: string, node: ComposeNode, scope: Scope): undefined {
  if (key === 'x-autogit-ports') return readExposed(node, scope);
  const { draft, ledger } = scope;
  const job = key === 'x-autogit-job' ? jobIn(node) : undefined;
  const gpu = key === 'x-autogit-gpu' ? gpuIn(node) : undefined;
  if (job !== undefined) draft.job = job;
  if (gpu !== undefined) draft.gpu = gpu;
  const to = job === undefined ? (gpu === undefined ? undefined : 'gpu') : 'schedule';
  ledger.taken(node, to === undefined ? undefined : target(scope, to));
}

/** Whether AutoGit rendered the service as a job: then its profile only keeps it out of `docker compose up`. */
export function isOwnJob(service: ComposeNode): boolean {
  return jobIn(member(service, 'x-autogit-job')) !== undefined;
}

/** The GPUs of a service that AutoGit rendered: those of AMD and Intel are no more than devices in the file. */
export function ownGpu(service: ComposeNode): ReturnType<typeof gpuIn> {
  return gpuIn(member(service, 'x-autogit-gpu'));
}

function jobIn(node: ComposeNode | undefined): JobDraft | undefined {
  const at = textAt(node, 'at');
  const timeoutMs = millisecondsOf(textAt(node, 'timeout') ?? '');
  const retries = Number(textIn(member(node, 'retries')) ?? '0');
  if (at === undefined || timeoutMs === undefined || !Number.isInteger(retries)) return undefined;
  const timezone = textAt(node, 'timezone');
  return { at, ...(timezone === undefined ? {} : { timezone }), timeout: durationText(timeoutMs).text, retries };
}

function gpuIn(node: ComposeNode | undefined): { readonly vendor: string; readonly count: number } | undefined {
  const vendor = textAt(node, 'vendor');
  const count = Number(textAt(node, 'count'));
  if (vendor === undefined || !/^(?:nvidia|amd|intel)$/.test(vendor)) return undefined;
  return Number.isInteger(count) && count >= 1 && count <= 64 ? { vendor, count } : undefined;
}
