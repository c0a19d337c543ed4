/** The door to `import`: a Compose file → the text of a platform file and the account of every line. */
import { format } from './edit/format.ts';
import { importCompose } from './import/import-compose.ts';
import type { Problem } from './import/read-compose-text.ts';
import { type ImportReport, reportOf } from './import/report.ts';
import type { ImportInput } from './import/scope.ts';
import { writePlatform } from './import/write-platform.ts';

export { readEnvFile } from './import/env-file.ts';
export { type ImportReport, reportText } from './import/report.ts';
export type { Found, ImportInput } from './import/scope.ts';

export type PlatformImport =
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] }
  | { readonly kind: 'imported'; readonly text: string; readonly report: ImportReport };

/** `asServices`: no image becomes a role. The text never holds a value that looks like a secret. */
export function importPlatform(
  input: ImportInput,
  { asServices, schema }: { readonly asServices: boolean; readonly schema: string },
): PlatformImport {
  const imported = importCompose(input, asServices);
  if (imported.problems.length > 0) return { kind: 'refused', problems: imported.problems };
  const report = reportOf(input.file, imported);
  const text = writePlatform(imported, headOf(report), schema);
  const formatted = format(text);
  return { kind: 'imported', text: formatted.kind === 'formatted' ? formatted.text : text, report };
}

function headOf({ file, counts }: ImportReport): readonly string[] {
  const left = counts.changed + counts.lost;
  return [
    `Imported from ${file} by \`autogit import\`.`,
    ...(left === 0
      ? []
      : [`${counts.changed} settings changed and ${counts.lost} were lost: \`autogit import\` lists them.`]),
  ];
}
