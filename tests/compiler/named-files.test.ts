import { describe, expect, it } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import { namedPaths } from '../../compiler/named-paths.ts';
import { targets } from '../../compiler/targets.ts';
import { catalog } from '../../library/catalog.ts';

const withConfig = (path: string) =>
  `name: home\ndomain: home.lan\nservices:\n  web:\n    image: "web:1"\n    configs: { a.conf: { path: /a.conf, file: ${path} } }\n`;
const withSops = (path: string) =>
  `name: home\ndomain: home.lan\nservices:\n  web: { image: "web:1", secrets: [s] }\nsecrets: { s: { sops: "${path}#/a" } }\n`;

async function compiled(text: string, content = 'x') {
  const asked: string[] = [];
  const read = async (path: string) => {
    asked.push(path);
    return new TextEncoder().encode(content);
  };
  const all = { file: 'autogit.yaml', bytes: Buffer.from(text), catalog, targets, target: 'all', read } as const;
  return { ...(await compile(all)), asked };
}

describe('what Git keeps for itself', () => {
  it.each(['.git/config', '.GIT/config', 'modules/theme/.git/config', 'modules/theme/.git', 'a/.Git/b'])(
    'is no file of the repository: %s is neither read nor rendered',
    async (path) => {
      for (const text of [withConfig(path), withSops(path)]) {
        const { diagnostics, rendered, asked } = await compiled(text);
        expect(diagnostics.map(({ code, message }) => `${code}: ${message}`)).toEqual([
          `AG306: ${path} is what Git keeps for itself, which no commit holds and where a token may stand`,
        ]);
        expect(rendered).toBeUndefined();
        expect(asked).toEqual([]);
        expect(await namedPaths(text)).toEqual([]);
      }
    },
  );

  it.each(['.gitignore', '.github/app.yml', 'site.git/config'])('is not %s', async (path) => {
    expect((await compiled(withConfig(path))).diagnostics).toEqual([]);
    expect(await namedPaths(withConfig(path))).toEqual([path]);
  });
});

describe('the text of a file', () => {
  it('keeps a byte order mark, which is a part of what the program reads', async () => {
    const { diagnostics, platform, rendered } = await compiled(withConfig('a.conf'), '\ufeffa: 1\n');
    expect(diagnostics).toEqual([]);
    expect(platform?.configs[0]?.text).toBe('\ufeffa: 1\n');
    const texts = (kind: string) => rendered?.manifests.filter((each) => each.kind === kind).map(({ text }) => text);
    expect(texts('ConfigMap')?.join('')).toContain('"\\ufeffa: 1\\n"');
    expect(rendered?.manifests.find(({ path }) => path.endsWith('configs/web/a.conf'))?.text).toBe('\ufeffa: 1\n');
  });
});
