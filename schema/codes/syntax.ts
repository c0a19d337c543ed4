import type { Code } from '../codes.ts';

/** 1xx: the text itself, before any key is understood. */
export const syntax: Readonly<Record<string, Code>> = {
  AG101: {
    title: `text that is not YAML`,
    why: `The first place where the structure breaks is shown; what a reader says after it is a guess, so nothing else is reported until it is mended.`,
    wrong: `name: home
domain: home.lan
services:
  wiki:
    image: requarks/wiki:2
      port: 3000
`,
    right: `name: home
domain: home.lan
services:
  wiki:
    image: requarks/wiki:2
    port: 3000
`,
  },
  AG102: {
    title: `a file that is too large`,
    why: `A platform of a thousand services has less than 1 MiB. Larger files are not read, so that no file can stop the reconciler.`,
    note: `At most 1 MiB (1,048,576 bytes) are read.`,
  },
  AG103: {
    title: `text that is not UTF-8`,
    why: `Other encodings look the same in an editor and differ for every program that reads them.`,
    note: `In most editors: *Save with encoding*, UTF-8. On a command line: \`iconv -f WINDOWS-1252 -t UTF-8\`.`,
  },
  AG104: {
    title: `a character that cannot be seen`,
    why: `Control characters, characters without width and those that turn the direction of text make a file read differently from how it looks.`,
    note: `Raw control characters, bidirectional marks (U+202A–U+202E, U+2066–U+2069 …), zero-width characters and lone carriage returns are refused. A byte order mark at the start is fine.`,
    wrong: `name: home
domain: home.lan
services:
  wiki: { image: "requarks/wiki:2\\u0000" }
`,
    right: `name: home
domain: home.lan
services:
  wiki: { image: "requarks/wiki:2" }
`,
  },
  AG105: {
    title: `a tab where only spaces may stand`,
    why: `How far a tab indents depends on the editor, so YAML does not count it.`,
    note: `Tabs inside text and comments are fine.`,
    wrong: `name: home
domain: home.lan
services:
	wiki:
		image: requarks/wiki:2
`,
    right: `name: home
domain: home.lan
services:
  wiki:
    image: requarks/wiki:2
`,
  },
  AG106: {
    title: `an empty file`,
    why: `There is nothing to build a platform from.`,
    wrong: `# nothing yet
`,
    right: `name: home
domain: home.lan
`,
  },
  AG107: {
    title: `a second document`,
    why: `One file describes one platform. Tools differ in which of several documents they read.`,
    wrong: `name: home
domain: home.lan
---
name: other
domain: other.lan
`,
    right: `name: home
domain: home.lan
`,
  },
  AG108: {
    title: `a key that is there twice`,
    why: `YAML readers differ in which of the two wins, so one of them would be lost without a word.`,
    wrong: `name: home
domain: home.lan
services:
  wiki: { image: requarks/wiki:2 }
  wiki: { image: requarks/wiki:3 }
`,
    right: `name: home
domain: home.lan
services:
  wiki: { image: requarks/wiki:3 }
`,
  },
  AG109: {
    title: `an alias that leads nowhere, into itself, or grows too much`,
    why: `An alias (\`*name\`) repeats the value that \`&name\` marks earlier in the file. At most 100 aliases are read, and at most 50,000 values when they are written out. Text that starts with \`*\` needs quotes.`,
    wrong: `name: home
domain: home.lan
services:
  wiki: { image: requarks/wiki:2, limits: *small }
`,
    right: `name: home
domain: home.lan
services:
  wiki: { image: requarks/wiki:2, limits: &small { cpus: 0.5 } }
  blog: { image: ghost:6, limits: *small }
`,
  },
  AG110: {
    title: `a file that is nested too deep`,
    why: `More than 64 levels are not read. No key of the language is deeper than ten.`,
    wrong: `name: home
domain: home.lan
services: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]
`,
    right: `name: home
domain: home.lan
`,
  },
  AG111: {
    title: `a file with too many values`,
    why: `More than 50,000 values are not read, so that no file can stop the reconciler.`,
    note: `A key and its value are two values. A service has about twenty.`,
  },
  AG112: {
    title: `a tag`,
    why: `Tags (\`!name\`) ask a reader to make values of other kinds. The language has none.`,
    note: `Text that starts with \`!\` needs quotes.`,
    wrong: `name: home
domain: home.lan
services:
  wiki: { image: !!str requarks/wiki:2 }
`,
    right: `name: home
domain: home.lan
services:
  wiki: { image: requarks/wiki:2 }
`,
  },
  AG113: {
    title: `a merge key`,
    why: `\`<<\` was dropped from YAML 1.2, and readers differ in what it does.`,
    note: `An alias for a whole value, such as \`limits: *small\`, is fine.`,
    wrong: `name: home
domain: home.lan
services:
  wiki: &web { image: requarks/wiki:2, internet: true }
  blog: { <<: *web, image: ghost:6 }
`,
    right: `name: home
domain: home.lan
services:
  wiki: { image: requarks/wiki:2, internet: true }
  blog: { image: ghost:6, internet: true }
`,
  },
  AG114: {
    title: `a number that cannot be held exactly`,
    why: `Numbers above 9,007,199,254,740,991, infinity and *not a number* change when they are read.`,
    wrong: `name: home
domain: home.lan
services:
  wiki: { image: requarks/wiki:2, environment: { ID: 12345678901234567890 } }
`,
    right: `name: home
domain: home.lan
services:
  wiki: { image: requarks/wiki:2, environment: { ID: '12345678901234567890' } }
`,
  },
  AG115: {
    title: `half of a character`,
    why: `\`\\ud800\` alone is one half of a pair and no character.`,
    wrong: `name: home
domain: home.lan
services:
  wiki: { image: requarks/wiki:2, environment: { SIGN: "\\ud83d" } }
`,
    right: `name: home
domain: home.lan
services:
  wiki: { image: requarks/wiki:2, environment: { SIGN: "\\U0001F600" } }
`,
  },
  AG116: {
    title: `a key that is not text`,
    why: `\`80:\` is a number and \`true:\` a truth value. Programs differ in what they make of such keys.`,
    note: `In quotes any key is text: \`'80':\`.`,
    wrong: `name: home
domain: home.lan
services:
  wiki: { image: requarks/wiki:2, environment: { 1: one } }
`,
    right: `name: home
domain: home.lan
services:
  wiki: { image: requarks/wiki:2, environment: { ONE: one } }
`,
  },
  AG117: {
    title: `a file that is not a map`,
    why: `The file starts with keys such as \`name:\` at the beginning of a line.`,
    wrong: `- name: home
- domain: home.lan
`,
    right: `name: home
domain: home.lan
`,
  },
  AG118: {
    title: `a YAML directive`,
    why: `\`%YAML\` and \`%TAG\` change how the rest is read. The file is always YAML 1.2.`,
    wrong: `%YAML 1.1
---
name: home
domain: home.lan
`,
    right: `name: home
domain: home.lan
`,
  },
};
