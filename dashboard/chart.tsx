import type { PoolStatus } from '../reconciler/model/status.ts';

const width = 600;
const height = 120;

type Point = PoolStatus['series'][number];

/**
 * Queue and size over time as steps: the filled area is the runners, the darker one those that are busy, the line the
 * waiting jobs. The numbers are in the text beside it, so the picture is an addition and never the only source.
 */
export function Chart({ pool }: { readonly pool: PoolStatus }) {
  const points = pool.series;
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined || points.length < 2)
    return <p class="quiet">the chart begins after two readings</p>;
  const top = Math.max(1, ...points.map((point) => Math.max(point.size, point.queued, point.busy)));
  const x = (at: number): number => ((at - first.at) / Math.max(1, last.at - first.at)) * width;
  const y = (value: number): number => height - (value / top) * (height - 8);
  const steps = (pick: (point: Point) => number): string =>
    points
      .map(
        (point, index) =>
          `${index === 0 ? 'M' : 'H'}${x(point.at).toFixed(1)}${index === 0 ? ',' : 'V'}${y(pick(point)).toFixed(1)}`,
      )
      .join('');
  const area = (pick: (point: Point) => number): string => `${steps(pick)}V${height}H0Z`;
  const minutes = Math.max(1, Math.round((last.at - first.at) / 60_000));
  return (
    <figure class="chart">
      <svg
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${pool.pool}: jobs and runners over the last ${minutes} minutes, at most ${top}`}
      >
        <path class="area-size" d={area((point) => point.size)} />
        <path class="area-busy" d={area((point) => point.busy)} />
        <path class="line-queued" d={steps((point) => point.queued)} />
      </svg>
      <figcaption>
        <span class="key key-size">runners</span>
        <span class="key key-busy">busy</span>
        <span class="key key-queued">jobs waiting</span>
        <span class="quiet">
          last {minutes} min, top {top}
        </span>
      </figcaption>
    </figure>
  );
}
