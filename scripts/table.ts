/** Lays rows out in columns, two spaces between them; the last column is not padded. `header` is underlined. */
export function formatTable(rows: readonly (readonly string[])[], header?: readonly string[]): string {
  const all = header === undefined ? rows : [header, ...rows];
  const columns = Math.max(0, ...all.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, i) => Math.max(0, ...all.map((row) => row[i]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => (i === columns - 1 ? cell : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  const rule = header === undefined ? [] : [widths.map((width) => '─'.repeat(width)).join('  ')];
  return [...(header === undefined ? [] : [line(header)]), ...rule, ...rows.map(line)].join('\n');
}
