import { isCollection, parseDocument, visit, type YAMLParseError, type Document as YamlDocument } from 'yaml';
import { limits } from '../../schema/limits.ts';
import { directiveAt } from './directive.ts';
import type { Mistake } from './node.ts';
import type { ParserError } from './read-document.ts';
import { tabAt } from './stray-tabs.ts';
import { syntaxFix } from './syntax-fix.ts';

/** What an explanation is made from: both readers' view of the first thing that is wrong. */
interface Trouble {
  readonly text: string;
  readonly fast: ParserError;
  readonly slow?: YAMLParseError;
  readonly document?: YamlDocument.Parsed;
}

type Explanation = (trouble: Trouble) => Mistake | undefined;

/**
 * A syntax error as one sentence at the place that has to be changed. Only the first is told: what a reader says after
 * it is a guess. The causes that people meet are tried in order.
 */
export function explainSyntax(text: string, fast: ParserError): readonly Mistake[] {
  const document =
    text.length <= limits.explainedBytes && !nestsTooDeep(text)
      ? parseDocument(text, {
          version: '1.2',
          schema: 'core',
          merge: false,
          uniqueKeys: false,
          logLevel: 'silent',
          prettyErrors: false,
        })
      : undefined;
  const slow = document?.errors[0];
  const trouble: Trouble = { text, fast, ...(slow && { slow }), ...(document && { document }) };
  for (const explanation of explanations) {
    const mistake = explanation(trouble);
    if (mistake !== undefined) return [{ ...mistake, ...syntaxFix(text, mistake, fast) }];
  }
  return [
    {
      code: 'AG101',
      ...at(fast.offset),
      message: `this is not YAML: ${fast.reason}`,
      hint: 'compare the line with the one above it: indentation, colon, quotes',
    },
  ];
}

const explanations: readonly Explanation[] = [
  tab,
  directive,
  openQuote,
  openBracket,
  reservedStart,
  starSchedule,
  badEscape,
  textAfterQuote,
  closesNothing,
  noColon,
  valueAndChildren,
  secondColon,
  mixedListAndMap,
  misaligned,
  extraComma,
  missingComma,
];

/** The \`yaml\` package guards its depth by the stack alone, so brackets are counted before it sees the text. */
function nestsTooDeep(text: string): boolean {
  return (text.match(/[[{]|^ *(?:- +){2,}/gm)?.length ?? 0) > limits.nodes / 100;
}

function tab({ text, fast }: Trouble): Mistake | undefined {
  if (text[fast.offset - 1] === '\t') return tabAt(fast.offset - 1, false);
  const start = lineStart(text, Math.max(0, fast.offset - (text[fast.offset] === '\n' ? 1 : 0)));
  const found = /^ *\t/.exec(text.slice(start));
  return found === null ? undefined : tabAt(start + found[0].length - 1);
}

function directive({ text }: Trouble): Mistake | undefined {
  return text.startsWith('%') ? directiveAt(text, 0) : undefined;
}

function openQuote({ slow, document }: Trouble): Mistake | undefined {
  if (slow?.code !== 'MISSING_CHAR' || !/quote$/.test(slow.message) || document === undefined) return undefined;
  let start: number | undefined;
  visit(document, {
    Scalar(_key, node) {
      if (node.type?.startsWith('QUOTE') && node.range && node.range[1] >= slow.pos[0] - 1) start ??= node.range[0];
    },
  });
  if (start === undefined) return undefined;
  return {
    code: 'AG101',
    ...at(start),
    message: 'the quote that opens here is not closed',
    hint: 'close it on the same line',
  };
}

function openBracket({ text, slow, document }: Trouble): Mistake | undefined {
  if (slow?.code !== 'BAD_INDENT' && slow?.code !== 'MISSING_CHAR') return undefined;
  if (!/Flow|flow|Expected/.test(slow.message) || document === undefined) return undefined;
  let start: number | undefined;
  visit(document, {
    Node(_key, node) {
      if (
        isCollection(node) &&
        node.flow &&
        node.range &&
        node.range[0] < slow.pos[0] &&
        node.range[1] >= slow.pos[0] - 1
      )
        start = node.range[0];
    },
  });
  if (start === undefined) return undefined;
  const [open, close] = text[start] === '{' ? ['{', '}'] : ['[', ']'];
  const hint = `put the ${close} at the end of the line, or indent every line up to it further than the key`;
  return { code: 'AG101', ...at(start), message: `the ${open} that opens here is not closed`, hint };
}

// A schedule such as "*/5 * * * *" is an alias with text behind it, as YAML reads it.
function starSchedule({ text, fast }: Trouble): Mistake | undefined {
  const start = lineStart(text, fast.offset);
  const found = /^([^'"#\n]*:[ \t]+)(\*[^'"#\n{}[\],]*?)[ \t]*(?:\r?\n|$)/.exec(text.slice(start));
  const [, before = '', words] = found ?? [];
  if (words === undefined || !/\s/.test(words)) return undefined;
  const from = start + before.length;
  const edits = [{ start: from, end: from + words.length, text: `'${words}'` }];
  return {
    code: 'AG101',
    start: from,
    end: from + words.length,
    message: 'text that begins with * must stand in quotes',
    hint: `write '${words}'`,
    fix: { title: 'put it in quotes', edits },
  };
}

function reservedStart({ text, slow }: Trouble): Mistake | undefined {
  const alias = slow?.code === 'BAD_ALIAS';
  if (slow?.code !== 'BAD_SCALAR_START' && !alias) return undefined;
  const [start] = slow.pos;
  const character = text[start] ?? '';
  const words = quotable(line(text, start));
  const edits = [{ start, end: start + words.length, text: `'${words}'` }];
  return {
    code: 'AG101',
    ...at(start),
    message: `text cannot start with ${character} here`,
    hint: `put it in quotes: '${words}'`,
    ...(/^[@%`][^'"]*$/.test(words) && { fix: { title: 'put it in quotes', edits } }),
  };
}

/** The value that starts a rest of line, without what closes the list or map around it. */
function quotable(rest: string): string {
  return rest.replace(/\s*[,}\]].*$|\s+#.*$/, '').trim();
}

function badEscape({ text, slow }: Trouble): Mistake | undefined {
  if (slow?.code !== 'BAD_DQ_ESCAPE') return undefined;
  const [start] = slow.pos;
  const written = text.slice(start, start + 2);
  return {
    code: 'AG101',
    start,
    end: start + 2,
    message: `${written} is no escape that double quotes know`,
    hint: 'use single quotes, or write \\\\ for a backslash',
  };
}

function textAfterQuote({ text, fast, document }: Trouble): Mistake | undefined {
  if (document === undefined) return undefined;
  const before = text.slice(lineStart(text, fast.offset), fast.offset).trimEnd();
  if (!/["']$/.test(before) || /^\s*$/.test(line(text, fast.offset))) return undefined;
  return {
    code: 'AG101',
    ...at(fast.offset),
    message: 'something stands after the closing quote',
    hint: 'put the whole value in quotes, or a # before a comment',
  };
}

function closesNothing({ text, slow, fast }: Trouble): Mistake | undefined {
  const start = slow?.pos[0] ?? fast.offset;
  const character = text[start] ?? '';
  if (slow?.code !== 'UNEXPECTED_TOKEN' || !/[\]}]/.test(character)) return undefined;
  return {
    code: 'AG101',
    ...at(start),
    message: `this ${character} closes nothing`,
    hint: 'delete it, or add the bracket that opens',
  };
}

/** A line with a single word between lines with keys. */
function noColon({ text, slow, fast }: Trouble): Mistake | undefined {
  const starts = slow?.code === 'MULTILINE_IMPLICIT_KEY' ? [slow.pos[0]] : [];
  if (fast.reason.includes('multiline key') || fast.reason.startsWith('end of the stream'))
    starts.push(lineStart(text, fast.offset - 1));
  for (const start of starts) {
    const words = line(text, start)
      .replace(/\s+#.*$/, '')
      .trimEnd();
    if (
      words === '' ||
      words.startsWith('-') ||
      /:(?:\s|$)/.test(words) ||
      lineIndent(text, start) !== start - lineStart(text, start)
    )
      continue;
    const [key = '', ...rest] = words.includes(':') ? words.split(':') : words.split(/\s+/);
    const value = rest.join(words.includes(':') ? ':' : ' ');
    return {
      code: 'AG101',
      start,
      end: start + words.length,
      message: words.includes(':') ? 'the colon needs a space after it' : 'this line has no colon',
      hint: `write \`${key}: ${value || '…'}\``,
    };
  }
  return undefined;
}

/** \`name: home\` and below it, further in, more keys. */
function valueAndChildren({ text, fast }: Trouble): Mistake | undefined {
  const start = lineStart(text, fast.offset);
  const own = line(text, start);
  const above = previousLine(text, start);
  if (above === undefined || !/^\s*(?:- )?[^\s:]+: *\S/.test(above.text) || !/^\s*[^\s:#]+:(?:\s|$)/.test(own))
    return undefined;
  const indent = lineIndent(text, start);
  if (indent <= lineIndent(text, above.start)) return undefined;
  const key = /[^\s:-][^\s:]*/.exec(above.text)?.[0] ?? '';
  return {
    code: 'AG101',
    start: start + indent,
    end: start + own.trimEnd().length,
    message: `this line is indented below \`${key}\`, which has a value already`,
    hint: `${indentBy([above.text.search(/[^\s-]/)])}, like \`${key}\``,
    related: [
      {
        start: above.start + above.text.search(/\S/),
        end: above.start + above.text.trimEnd().length,
        message: 'the value is here',
      },
    ],
  };
}

function secondColon({ text, slow, fast }: Trouble): Mistake | undefined {
  if (slow?.code !== 'BLOCK_AS_IMPLICIT_KEY' && slow?.code !== 'BLOCK_IN_FLOW') return undefined;
  const before = text.slice(lineStart(text, fast.offset), fast.offset);
  if (!/:\s/.test(before) && slow.code === 'BLOCK_AS_IMPLICIT_KEY') return undefined;
  const start = slow.pos[0];
  return {
    code: 'AG101',
    ...at(text.indexOf(':', start) < 0 ? start : fast.offset),
    message: 'a second colon with a space in one value',
    hint: 'put the value in quotes, or start a new line for the next key',
  };
}

function mixedListAndMap({ text, fast }: Trouble): Mistake | undefined {
  const start = lineStart(text, fast.offset);
  const own = line(text, start);
  const above = previousLine(text, start);
  if (above === undefined) return undefined;
  const dash = /^\s*-\s/;
  if (dash.test(own) === dash.test(above.text)) return undefined;
  const end = start + own.trimEnd().length;
  const message = dash.test(own) ? 'a list item stands among keys' : 'a key stands among list items';
  return {
    code: 'AG101',
    start: start + lineIndent(text, start),
    end,
    message,
    hint: 'indent the list below its key, and start each item with `- `',
  };
}

function misaligned({ text, slow, fast }: Trouble): Mistake | undefined {
  if (slow?.code !== 'BAD_INDENT' && !fast.reason.startsWith('bad indentation')) return undefined;
  const start = lineStart(text, fast.offset);
  const indent = lineIndent(text, start);
  const fitting = openIndents(text, start);
  if (fitting.includes(indent)) return undefined;
  return {
    code: 'AG101',
    start: start + indent,
    end: start + line(text, start).trimEnd().length,
    message: 'this line does not line up with any key above it',
    hint: indentBy(fitting),
  };
}

function indentBy(fitting: readonly number[]): string {
  const inner = fitting.filter((indent) => indent > 0);
  if (inner.length === 0) return 'start it at the beginning of the line';
  return `indent it by ${inner.join(' or ')} spaces`;
}

/** Indentations of the keys above a line that are still open, innermost first. */
function openIndents(text: string, before: number): readonly number[] {
  const open: number[] = [];
  for (let above = previousLine(text, before); above !== undefined; above = previousLine(text, above.start)) {
    const indent = lineIndent(text, above.start);
    if (open.every((inner) => indent < inner)) open.push(indent);
    if (indent === 0 || open.length > 5) break;
  }
  return open;
}

function extraComma({ text, slow }: Trouble): Mistake | undefined {
  const start = slow?.pos[0] ?? -1;
  if (text[start] !== ',') return undefined;
  return {
    code: 'AG101',
    ...at(start),
    message: 'nothing stands before this comma',
    hint: 'delete it, or add the item',
  };
}

function missingComma({ fast }: Trouble): Mistake | undefined {
  if (!fast.reason.includes('missed comma')) return undefined;
  return {
    code: 'AG101',
    ...at(fast.offset),
    message: 'a comma is missing before this',
    hint: 'separate the items by commas',
  };
}

function at(offset: number): { readonly start: number; readonly end: number } {
  return { start: offset, end: offset + 1 };
}

function lineStart(text: string, offset: number): number {
  return offset <= 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

/** The rest of the line from \`start\`. */
function line(text: string, start: number): string {
  const end = text.indexOf('\n', start);
  return text.slice(start, end < 0 ? text.length : end);
}

function lineIndent(text: string, offset: number): number {
  return line(text, lineStart(text, offset)).search(/[^ ]|$/);
}

/** The nearest line above that is neither empty nor a comment. */
function previousLine(text: string, start: number): { readonly start: number; readonly text: string } | undefined {
  for (let end = start - 1; end >= 0; ) {
    const from = lineStart(text, end);
    const content = text.slice(from, end);
    if (!/^\s*(?:#|$)/.test(content)) return { start: from, text: content };
    end = from - 1;
  }
  return undefined;
}
