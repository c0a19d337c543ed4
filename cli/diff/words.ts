import { type Change, type Difference, durationText, type Risk, risks } from '../../compiler/diff.ts';

/** A difference with what was compared. */
export interface Compared extends Difference {
  readonly from: string;
  readonly to: string;
}

/** What a reviewer reads of a risk. */
export const riskWords: Readonly<Record<Risk, string>> = {
  refused: 'would fail',
  data: 'data',
  'by-hand': 'by hand first',
  exposed: 'reachable from outside',
  'less-secure': 'less secure',
  downtime: 'interruption',
  opened: 'way opened',
  restart: 'restart',
};

export const signs: Readonly<Record<Change['what'], string>> = { added: '+', removed: '-', changed: '~' };

export function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

/** `4 changes: 1 reachable from outside, 2 interruption (about 40 s in all)`. */
export function countsText({ changes, files }: Difference): string {
  if (changes.length === 0) return `${count(files.length, 'rendered file')} different, nothing that runs is touched`;
  const counted = risks.flatMap((risk) => {
    const number = changes.filter((change) => change.risks.includes(risk)).length;
    return number === 0 ? [] : [`${number} ${riskWords[risk]}`];
  });
  const gapMs = changes.reduce((sum, { gap }) => sum + (gap?.aboutMs ?? 0), 0);
  const away = gapMs === 0 ? '' : ` (about ${durationText(gapMs)} in all)`;
  const total = count(changes.length, 'change');
  return counted.length === 0 ? `${total}, none of them risky` : `${total}: ${counted.join(', ')}${away}`;
}
