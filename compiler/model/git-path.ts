/**
 * Whether a path leads into what Git keeps for itself: `.git`, at any depth and in any case, since a submodule has one of
 * its own and some file systems know no case. A token to fetch with may stand there (`.git/config`), and no commit holds it.
 *
 * @param path with `/` or with `\` between its parts
 */
export function isOfGit(path: string): boolean {
  return path.split(/[/\\]/).some((part) => part.toLowerCase() === '.git');
}
