import type { Finding } from '../../schema/diagnostic.ts';
import type { Job, Platform } from '../model/platform.ts';
import { pointerTo } from '../model/pointer.ts';

/** Times of jobs that no calendar has, and time zones that no machine knows. */
export function checkSchedules({ workloads }: Platform): readonly Finding[] {
  return workloads.flatMap(({ job }) =>
    job === undefined || job.at.kind === 'once' ? [] : [...fields(job, job.at.fields), ...zone(job, job.at.timezone)],
  );
}

interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly names?: readonly string[];
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** What Kubernetes reads in a CronJob (https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/). */
const columns: readonly Field[] = [
  { name: 'minute', least: 0, most: 59 },
  { name: 'hour', least: 0, most: 23 },
  { name: 'day of the month', least: 1, most: 31 },
  { name: 'month', least: 1, most: 12, names: months },
  { name: 'day of the week', least: 0, most: 7, names: days },
];

/** Days that each month has at most, January first. */
const longest = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function fields({ origin }: Job, text: string): readonly Finding[] {
  const parts = text.split(' ');
  const wrong = columns.flatMap((column, index) => {
    const part = parts[index] ?? '';
    return isField(part, column) ? [] : [{ column, part }];
  });
  const never = wrong.length === 0 && !hasSomeDay(parts[2] ?? '*', parts[3] ?? '*', parts[4] ?? '*');
  return [
    ...wrong.map(({ column: { name, least, most }, part }) => ({
      code: 'AG413',
      pointer: pointerTo(origin, 'at'),
      message: `'${part}' is no ${name}: it goes from ${least} to ${most}`,
      hint: 'the fields are minute, hour, day of the month, month, day of the week: every night at three is `0 3 * * *`',
    })),
    ...(never
      ? [
          {
            code: 'AG413',
            pointer: pointerTo(origin, 'at'),
            message: `no month of '${parts[3]}' has the day '${parts[2]}', so it would never run`,
            hint: 'correct the day or the month',
          },
        ]
      : []),
  ];
}

/** A list of `*`, numbers, names and ranges, each with a step if it likes. */
function isField(text: string, column: Field): boolean {
  return text !== '' && text.split(',').every((item) => isItem(item, column));
}

function isItem(item: string, column: Field): boolean {
  const [range = '', step, ...more] = item.split('/');
  if (more.length > 0 || (step !== undefined && !/^[1-9][0-9]{0,2}$/.test(step))) return false;
  if (range === '*') return true;
  const [from, to, ...others] = range.split('-').map((each) => numberOf(each, column));
  if (from === undefined || others.length > 0) return false;
  return range.includes('-') ? to !== undefined && from <= to : true;
}

function numberOf(text: string, { least, most, names = [] }: Field): number | undefined {
  const named = names.indexOf(text.toLowerCase());
  if (named !== -1) return named + least;
  const number = /^[0-9]{1,2}$/.test(text) ? Number(text) : -1;
  return number >= least && number <= most ? number : undefined;
}

/** With a day of the week as well, either of both is enough. */
function hasSomeDay(day: string, month: string, weekday: string): boolean {
  if (weekday !== '*' || !/^[0-9]+$/.test(day)) return true;
  const monthColumn = columns[3] as Field;
  if (!month.split(',').every((each) => numberOf(each, monthColumn) !== undefined)) return true;
  return month.split(',').some((each) => Number(day) <= (longest[(numberOf(each, monthColumn) ?? 1) - 1] ?? 31));
}

function zone({ origin }: Job, timezone: string): readonly Finding[] {
  if (isTimeZone(timezone)) return [];
  return [
    {
      code: 'AG414',
      pointer: pointerTo(origin, 'timezone'),
      message: `there is no time zone '${timezone}'`,
      hint: 'zones are named after a city, such as Europe/Madrid or America/New_York, or UTC',
    },
  ];
}

function isTimeZone(name: string): boolean {
  // Abbreviations such as EST are not what they seem in summer, and clusters need not know them.
  if (name !== 'UTC' && !name.includes('/')) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
