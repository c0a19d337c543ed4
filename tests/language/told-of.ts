import { diagnosticsText } from '../../cli/diagnostics/text.ts';
import { maskedText } from '../../compiler/masked-text.ts';
import { judgeAll } from './judge.ts';

/** What a person reads about a file; empty when nothing is wrong with it. */
export async function toldOf(text: string): Promise<string> {
  const { diagnostics } = await judgeAll(text);
  if (diagnostics.length === 0) return '';
  return diagnosticsText(diagnostics, { text: await maskedText(new TextEncoder().encode(text)), colour: false });
}
