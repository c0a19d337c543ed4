import { existsSync, readFileSync } from 'node:fs';
import type { ExplainInput } from '../compiler/explain-input.ts';
import { explainRendered, type Place, type RenderedFile } from '../compiler/explain-rendered.ts';
import { explainSetting, type Setting } from '../compiler/explain-setting.ts';
import { maskedText } from '../compiler/masked-text.ts';
import { type YamlValue, yamlText } from '../compiler/model/yaml-text.ts';
import { maskedValue, secretsIn } from '../compiler/secrets-in.ts';
import { targets } from '../compiler/targets.ts';
import { catalog } from '../library/catalog.ts';
import type { Range } from '../schema/diagnostic.ts';
import { filesBeside } from './beside.ts';
import type { Options } from './commands.ts';
import { codeFrame } from './diagnostics/code-frame.ts';
import { painter } from './diagnostics/paint.ts';
import { reportDiagnostics } from './diagnostics/report.ts';
import { exitCode } from './exit-code.ts';
import { readLockFile } from './lock-file.ts';
import { outputFormat } from './output-format.ts';
import { readPlatformFile } from './platform-file.ts';
import { terminal } from './terminal.ts';

/** `forge.host`, `services.wiki`, `/forge/host`, or the path of a rendered file. */
export function isAboutPlatform(subject: string): boolean {
  return isRendered(subject) || /^\/[^/]/.test(subject) || /^[A-Za-z]\w*(?:\.|$)/.test(subject);
}

function isRendered(subject: string): boolean {
  return /(?:^|\/)(?:kubernetes|compose)\/.+\.\w+$/.test(subject);
}

/**
 * `autogit explain forge.host`: a key of the platform file, its value and what it shapes. `autogit explain
 * kubernetes/forge/deployment-home-forge.yaml`: the lines that a rendered file is made from. 0, 1 when the file is wrong,
 * 64 when there is no such key or file.
 */
export async function explainPlatform(subject: string, name: string | undefined, options: Options): Promise<number> {
  const screen = terminal();
  const file = String(options.file);
  const isJson = outputFormat(options) === 'json';
  const [read, locked] = [await readPlatformFile(file), await readLockFile(file)];
  for (const each of [read, locked]) {
    if (each.kind !== 'none') continue;
    screen.err(`autogit: ${each.message}\nnext: ${each.next}\n`);
    return each.code;
  }
  if (read.kind === 'none') return read.code;
  const { bytes } = read;
  const lock = locked.kind === 'lock' ? locked.lock : undefined;
  const { default: schema } = await import('../schema/autogit.schema.json', { with: { type: 'json' } });
  const target = isRendered(subject) ? (/(?:^|\/)kubernetes\//.test(subject) ? 'kubernetes' : 'compose') : undefined;
  const environment = options.env as string | undefined;
  const input: ExplainInput = {
    file,
    bytes,
    lock,
    catalog,
    targets,
    schema,
    environment,
    target,
    read: filesBeside(file),
  };
  const answer = isRendered(subject)
    ? await explainRendered(input, subject, name)
    : await explainSetting(input, subject);
  switch (answer.kind) {
    case 'wrong':
      await reportDiagnostics({ ...screen, diagnostics: answer.diagnostics, file, bytes, lock, format: 'text' });
      return exitCode.failed;
    case 'unknown':
      screen.err(`autogit: ${answer.message}\nnext: ${answer.next}\n`);
      return exitCode.usage;
    case 'setting': {
      const { value } = answer;
      const safe = value === undefined ? answer : { ...answer, value: maskedValue(value, await secretsIn(bytes)) };
      screen.out(isJson ? json(safe) : settingText(safe, await shown(file, bytes)));
      return exitCode.fine;
    }
    case 'rendered': {
      const { text: _, ...rest } = answer;
      screen.out(isJson ? json(rest) : renderedText(answer, await shown(file, bytes)) + staleText(subject, answer));
      return exitCode.fine;
    }
  }
}

function json(answer: object): string {
  return `${JSON.stringify(answer, null, 2)}\n`;
}

interface Shown {
  readonly at: (range: Range) => string;
  readonly frame: (range: Range) => string;
}

async function shown(file: string, bytes: Uint8Array): Promise<Shown> {
  const text = await maskedText(bytes);
  const options = { paint: painter(false), width: 105, above: false } as const;
  return {
    at: ({ start }) => `${file}:${start.line}:${start.column}`,
    // Of a part that goes over many lines its first one is enough.
    frame: ({ start, end }) => codeFrame(text, { start, end: end.line === start.line ? end : start }, options),
  };
}

function settingText({ path, from, value, range, entry, made, shapes }: Setting, { at, frame }: Shown): string {
  const name = path.join('.');
  const owner = entry.component === undefined ? 'the language' : `component ${entry.component}`;
  const origin = {
    given: `given at ${at(range)}`,
    default: `not in the file: default of ${owner}`,
    absent: 'not in the file, and it has no default',
  }[from];
  const lines = [
    value === undefined || isMap(value) ? name : `${name} = ${valueText(value)}`,
    `  ${origin}`,
    ...(from === 'given' ? [frame(range).trimEnd()] : []),
    ...(entry.description === undefined ? [] : ['', entry.description]),
    ...(from === 'given' && entry.default !== undefined ? [`default: ${valueText(entry.default)}`] : []),
    ...(entry.known.length > 1 ? [`one of: ${entry.known.map(valueText).join(', ')}`] : []),
    ...entry.examples.map((example) => `example: ${valueText(example)}`),
    ...(entry.component === undefined ? [] : [`all keys: docs/components/${entry.component}.md`]),
    ...(isMap(value) ? ['', 'with every default:', ...indented(yamlText(value as YamlValue))] : []),
    '',
    ...(made.length === 0 ? [] : ['made from it:', ...made.map((each) => `  ${each}`), '']),
    ...(shapes === undefined && made.length > 0 ? [] : shapesText(shapes)),
  ];
  return `${lines.join('\n')}\n`;
}

function shapesText(shapes: Setting['shapes']): readonly string[] {
  if (shapes === undefined) return ['what it shapes cannot be found out: no other value goes together with this file'];
  const { instead, files } = shapes;
  const how = instead === null ? 'compiling without it' : `compiling with ${valueText(instead)} in its place`;
  if (files.length === 0) return [`shapes no rendered file (found by ${how})`];
  const width = Math.max(...files.map(({ path }) => path.length));
  return [
    `shapes, found by ${how}:`,
    ...files.map(({ path, lines }) => `  ${path.padEnd(width)}  ${lines === 1 ? '1 line' : `${lines} lines`}`),
  ];
}

function isMap(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function indented(text: string): readonly string[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `  ${line}`);
}

function valueText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function renderedText({ path, objects }: RenderedFile, screen: Shown): string {
  const blocks = objects.map(({ kind, name, component, places }) => {
    const title = kind === 'compose' ? `service ${name}` : `${kind} ${name}`;
    const [own, ...others] = places;
    return [
      title,
      ...(own === undefined ? [] : [placeText(own, screen), screen.frame(own.range).trimEnd()]),
      ...others.map((place) => placeText(place, screen)),
      ...(component === undefined ? [] : [`  component ${component}: docs/components/${component}.md`]),
      '',
    ].join('\n');
  });
  return `${path}\n\n${blocks.join('\n')}`;
}

function placeText({ what, range }: Place, { at }: Shown): string {
  return `  ${at(range)}  ${what}`;
}

/** What lies there may be older than the file. */
function staleText(subject: string, { text }: RenderedFile): string {
  if (!existsSync(subject) || readFileSync(subject, 'utf8') === text) return '';
  return `\n${subject} is not what the file says now: autogit compile --check shows the difference\n`;
}
