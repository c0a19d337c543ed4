/** Names of the settings that an example of Gitea's `app.ini` shows, by section; most lines of it are commented out. */
export function namesIn(example: string): Readonly<Record<string, readonly string[]>> {
  const sections: Record<string, string[]> = {};
  let section = '';
  for (const line of example.split('\n')) {
    const begun = /^;{0,2}\s?\[([a-z0-9_.-]+)\]\s*$/.exec(line)?.[1];
    if (begun !== undefined) section = begun;
    const name = /^;{0,2}\s?([A-Z][A-Z0-9_]*)\s*=/.exec(line)?.[1];
    if (name === undefined) continue;
    sections[section] ??= [];
    if (!sections[section]?.includes(name)) sections[section]?.push(name);
  }
  const sorted = Object.entries(sections).map(([key, names]) => [key, names.sort()] as const);
  return Object.fromEntries(sorted.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Variables for the image of a forge that no setting of it has for a name, `FORGEJO__server__HTTP_PROT`. The program takes
 * an unknown one without a word. `__FILE` at the end has the image read the value from a file.
 */
export function unknownSettings(
  variables: readonly string[],
  known: Readonly<Record<string, readonly string[]>>,
): readonly string[] {
  return variables.filter((variable) => {
    const [, section = '', name = ''] = /^(?:GITEA|FORGEJO)__(\w+?)__(\w+?)(?:__FILE)?$/.exec(variable) ?? [];
    return variable.includes('__') && known[section]?.includes(name) !== true;
  });
}
