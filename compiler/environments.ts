import type { Diagnostic } from '../schema/diagnostic.ts';
import type { Document } from '../schema/document.ts';
import { sideBySide, type Variant } from './check/side-by-side.ts';
import { type Compiled, type CompileInput, compileDocument } from './compile.ts';
import { diagnose, isAccepted } from './diagnose.ts';
import { isMap } from './model/is-map.ts';
import { nearestName } from './model/nearest.ts';
import { compareText } from './model/order.ts';
import { environmentsOf, overlay } from './validate/overlay.ts';

/**
 * Compiles the environment that is asked for, and with `everyEnvironment` judges the file and all others as well. What
 * is wrong in one environment only says so.
 */
export async function compileEnvironments(
  input: CompileInput,
  document: Document,
  diagnostics: readonly Diagnostic[],
): Promise<Compiled> {
  const { environment, everyEnvironment } = input;
  const known = environmentsOf(document.tree);
  if (environment !== undefined && !known.includes(environment)) {
    return { diagnostics: [...diagnostics, ...unknown(document, environment, known)].sort(byPlace) };
  }
  const main = await compiledIn(input, document, environment, diagnostics);
  if (everyEnvironment !== true) return main;
  const others = [undefined, ...known].filter((each) => each !== environment);
  const said = new Set(main.diagnostics.map(keyOf));
  const found = [...main.diagnostics];
  const everywhere = new Set(said);
  const variants: Variant[] = main.platform === undefined ? [] : [{ environment, platform: main.platform }];
  for (const other of others) {
    const compiled = await compiledIn(input, document, other, []);
    if (compiled.platform !== undefined) variants.push({ environment: other, platform: compiled.platform });
    const here = new Set(compiled.diagnostics.map(keyOf));
    for (const key of everywhere) if (!here.has(key)) everywhere.delete(key);
    for (const diagnostic of compiled.diagnostics.filter((each) => !said.has(keyOf(each)))) {
      said.add(keyOf(diagnostic));
      found.push(other === undefined ? diagnostic : named(diagnostic, other));
    }
  }
  const accept = Object.assign({}, ...variants.map(({ platform }) => platform.accept)) as Readonly<
    Record<string, string>
  >;
  const beside = sideBySide(inOrder(variants));
  // What one environment has no use for another may, or the file that holds them all.
  const isIdle = ({ pointer }: Diagnostic) => !beside.some(({ code }) => pointer === `/accept/${code}`);
  const all = [
    ...found.filter((each) => each.code !== 'AG456' || (everywhere.has(keyOf(each)) && isIdle(each))),
    ...diagnose({ document, findings: beside, accept }),
  ].sort(byPlace);
  return all.some(({ severity }) => severity === 'error') ? { diagnostics: all } : { ...main, diagnostics: all };
}

/** The file as it stands first, then its environments by name. */
function inOrder(variants: readonly Variant[]): readonly Variant[] {
  return [...variants].sort((a, b) => compareText(a.environment ?? '', b.environment ?? ''));
}

async function compiledIn(
  input: CompileInput,
  document: Document,
  environment: string | undefined,
  diagnostics: readonly Diagnostic[],
): Promise<Compiled> {
  if (environment === undefined) return compileDocument(input, document, diagnostics);
  const { document: laid, findings } = overlay(document, environment);
  const accept = reasonsIn(laid);
  const ofOverlay = diagnose({ document, findings, accept });
  const compiled = await compileDocument(input, laid, diagnostics);
  const lives = findings.filter((finding) => isAccepted(finding, accept));
  const all = [
    ...compiled.diagnostics.filter(
      (each) => each.code !== 'AG456' || !lives.some(({ code }) => each.pointer === `/accept/${code}`),
    ),
    ...ofOverlay,
  ].sort(byPlace);
  return ofOverlay.some(({ severity }) => severity === 'error')
    ? { diagnostics: all }
    : { ...compiled, diagnostics: all };
}

/** What the file accepts, before it is known whether it is right. */
function reasonsIn({ tree }: Document): Readonly<Record<string, string>> {
  const { accept } = tree;
  if (!isMap(accept)) return {};
  const reasons = Object.entries(accept).map(([code, reason]) => [code, typeof reason === 'string' ? reason : '']);
  return Object.fromEntries(reasons) as Readonly<Record<string, string>>;
}

function unknown(document: Document, environment: string, known: readonly string[]): readonly Diagnostic[] {
  const nearest = nearestName(environment, known);
  const listed = known.length === 0 ? 'the file has none' : `the file has ${known.join(', ')}`;
  const hint = nearest === undefined ? listed : `did you mean '${nearest}'?`;
  return diagnose({
    document,
    findings: [
      { code: 'AG309', pointer: '/environments', at: 'key', message: `there is no environment '${environment}'`, hint },
    ],
  });
}

function named(diagnostic: Diagnostic, environment: string): Diagnostic {
  const { message } = diagnostic;
  if (message.includes(`environment '${environment}'`)) return diagnostic;
  return { ...diagnostic, message: `${message} (in environment '${environment}')` };
}

/** The same mistake at the same place is said once, whichever environments it is in. */
function keyOf({ code, range, message, file }: Diagnostic): string {
  return `${file} ${range.start.offset} ${code} ${message}`;
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  return (
    compareText(a.file, b.file) ||
    a.range.start.offset - b.range.start.offset ||
    compareText(a.code, b.code) ||
    compareText(a.message, b.message)
  );
}
