import { describe, expect, it } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import { targets } from '../../compiler/targets.ts';
import { catalog } from '../../library/catalog.ts';
import { acceptance, codes } from '../../schema/codes.ts';

const head = 'name: home\ndomain: home.lan\nservices: { wiki: { image: "wiki:2", port: 3000, host: wiki } }\n';
const spare = 'secrets: { spare: { env: SPARE } }\n';

describe('a line of accept', () => {
  it('says nothing as long as it accepts something', async () => {
    expect(await said(`${head}${spare}accept: { AG412: soon }\n`)).toEqual([]);
  });

  it('is told when the finding is gone', async () => {
    expect(await said(`${head}accept: { AG412: soon }\n`)).toEqual(['AG456 /accept/AG412']);
  });

  it('is told when it cannot accept anything, beside the error that it was meant for', async () => {
    const wrong = 'name: home\ndomain: home.lan\nservices: { a: { image: "a:1", needs: [b] } }\n';
    expect(await said(`${wrong}accept: { AG301: it works, AG999: what, AG412: soon }\n`)).toEqual([
      'AG301 /services/a/needs/0',
      'AG456 /accept/AG301',
      'AG456 /accept/AG999',
    ]);
  });

  it('for a limit of a target is judged only where that target is rendered', async () => {
    const file = `${head}accept: { AG523: one node, AG501: none }\n`;
    expect(await said(file, { target: 'compose' })).toEqual(['AG456 /accept/AG501']);
    expect(await said(file, { target: 'kubernetes' })).toEqual(['AG456 /accept/AG523']);
    expect(await said(file, { target: 'all' })).toEqual(['AG456 /accept/AG523', 'AG456 /accept/AG501']);
  });

  it('for a limit that is there is used', async () => {
    const media = 'media: { image: "m:1", volumes: { films: { path: /films, hostPath: /srv/films } } }';
    const file = `name: home\ndomain: home.lan\nservices: { ${media} }\naccept: { AG523: one node }\n`;
    expect(await said(file, { target: 'kubernetes' })).toEqual([]);
  });

  it('may be for one environment alone', async () => {
    const bare = 'name: home\ndomain: home.lan\nservices: { wiki: { image: "wiki:2" } }\n';
    const used = `${bare}environments: { test: { name: test, domain: test.lan, secrets: { spare: { env: SPARE } } }, live: { name: live, domain: live.lan } }\naccept: { AG412: soon }\n`;
    expect(await said(used, { everyEnvironment: true })).toEqual([]);
    expect(await said(used, { environment: 'live' })).toEqual([]);
    const idle = `${bare}environments: { test: { name: test, domain: test.lan } }\naccept: { AG412: soon }\n`;
    expect(await said(idle, { everyEnvironment: true })).toEqual(['AG456 /accept/AG412']);
  });

  it('can itself be kept with a reason', async () => {
    expect(await said(`${head}accept: { AG412: soon, AG456: it comes and goes }\n`)).toEqual([]);
  });

  it('of what is only known where it runs is not judged', async () => {
    expect(await said(`${head}accept: { AG611: brought over by hand }\n`)).toEqual([]);
  });
});

describe('the target of a code', () => {
  const some = Object.entries(codes).filter(([code, entry]) => acceptance(code, entry) && entry.wrong && entry.target);

  it.each(some)('%s is said of that target and not of the other one', async (code, { wrong = '', target }) => {
    const bare = wrong.replace(/^accept:.*$/m, '');
    const other = target === 'compose' ? 'kubernetes' : 'compose';
    expect((await said(bare, { target })).some((each) => each.startsWith(code))).toBe(true);
    expect((await said(bare, { target: other })).some((each) => each.startsWith(code))).toBe(false);
  });
});

type Options = Partial<Pick<Parameters<typeof compile>[0], 'target' | 'environment' | 'everyEnvironment'>>;

async function said(text: string, options: Options = {}): Promise<readonly string[]> {
  const input = { file: 'autogit.yaml', bytes: Buffer.from(text), catalog, targets };
  const { diagnostics } = await compile({ ...input, ...options });
  return diagnostics.map(({ code, pointer }) => `${code} ${pointer}`);
}
