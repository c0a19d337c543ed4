import { Document, isMap, isScalar, isSeq, type Node, Pair, type Scalar, visit } from 'yaml';
import type { PlatformDraft } from './platform.ts';
import { plainPlatform } from './platform.ts';

const widest = 100;

/** The platform file: pretty, and with comments that say where a person has to do something. */
export function writePlatform(draft: PlatformDraft, head: readonly string[], schemaUrl: string): string {
  const document = new Document(plainPlatform(draft), { version: '1.2', aliasDuplicateObjects: false });
  const root = document.contents;
  if (isMap(root)) {
    for (const pair of root.items) spaced(pair.key as Scalar);
    comments(root, draft);
    compact(root);
  }
  const text = document.toString({ lineWidth: 0, flowCollectionPadding: true, singleQuote: false });
  const lines = [`yaml-language-server: $schema=${schemaUrl}`, ...head];
  return `${lines.map((line) => (line === '' ? '#' : `# ${line}`)).join('\n')}\n${text}`;
}

const sections: readonly string[] = ['forge', 'services', 'secrets', 'accept'];

function spaced(key: Scalar): undefined {
  if (sections.includes(String(key.value))) key.spaceBefore = true;
}

function comments(root: Node, { secrets }: PlatformDraft): undefined {
  const book = isMap(root) ? root.get('secrets', true) : undefined;
  if (!isMap(book)) return;
  for (const pair of book.items) {
    const entry = secrets.find(({ id }) => id === String((pair.key as Scalar).value));
    if (entry?.from !== undefined && 'env' in entry.source && isMap(pair.value))
      pair.value.comment = ` its value is at line ${entry.from.line} of the Compose file`;
  }
}

/** Small maps and lists go on one line, as a person would write them. */
function compact(root: Node): undefined {
  visit(root, {
    Collection: (_, node, path) => {
      const depth = path.filter((each) => isMap(each) || isSeq(each)).length;
      const parent = path.at(-1);
      const key = parent instanceof Pair && isScalar(parent.key) ? parent.key.value : undefined;
      if (depth < 2 || key === 'environment' || key === 'services') return;
      const inside = isMap(node) ? node.items.map((pair) => pair.value) : node.items;
      if (isSeq(node) && inside.every(isScalar))
        node.flow = key === 'capabilities' || flat(node.toJSON()).length <= widest;
      else if (depth >= 2 && inside.every((value) => isScalar(value) && !String(value.value).includes('\n')))
        node.flow = flat(node.toJSON()).length <= 70;
    },
  });
}

function flat(value: unknown): string {
  return JSON.stringify(value);
}
