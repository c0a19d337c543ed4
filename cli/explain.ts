import { nearestName } from '../compiler/model/nearest.ts';
import type { Options } from './commands.ts';
import { exitCode } from './exit-code.ts';

/** What can be explained, by the first word after `explain`. Each gives the exit code. */
export type Subject = (name: string | undefined, options: Options) => Promise<number>;

/** To add a subject, add a line; its module is loaded when it is asked for. */
const subjects: Readonly<Record<string, Subject>> = {
  pool: async (name, options) => (await import('./explain-pool.ts')).explainPool(name, options),
};

/**
 * `autogit explain AG201` · `autogit explain pool linux` · `autogit explain forge.host` · `autogit explain
 * kubernetes/forge/deployment-home-forge.yaml`.
 */
export async function runExplain(args: readonly (string | undefined)[], options: Options): Promise<number> {
  const [subject = '', name] = args;
  if (/^AG[0-9]{3}$/i.test(subject))
    return (await import('./explain-code.ts')).explainCode(subject.toUpperCase(), options);
  const explain = Object.hasOwn(subjects, subject) ? subjects[subject] : undefined;
  if (explain !== undefined) return explain(name, options);
  const known = Object.keys(subjects);
  const near = nearestName(subject, known);
  const about = await import('./explain-platform.ts');
  if (near === undefined && about.isAboutPlatform(subject)) return about.explainPlatform(subject, name, options);
  const next =
    near === undefined
      ? `name a code such as AG201, a key such as forge.host, a rendered file${known.map((each) => `, or ${each}`).join('')}`
      : `did you mean ${near}?`;
  process.stderr.write(`autogit: there is nothing to explain about ${subject}\nnext: ${next}\n`);
  return exitCode.usage;
}
