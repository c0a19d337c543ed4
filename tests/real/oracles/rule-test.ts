import type { AlertCase } from './alert-cases.ts';

/** A test in the words of `promtool test rules`: whether the alert is firing, or not, at the minute of the case. */
export function ruleTest(alert: string, { minute }: AlertCase, series: AlertCase['fires'], fires: boolean): object {
  return {
    name: alert,
    interval: '1m',
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    promql_expr_test: [
      {
        expr: `count(ALERTS{alertname="${alert}",alertstate="firing"}) or vector(0)`,
        eval_time: `${minute}m`,
        exp_samples: [{ labels: '{}', value: fires ? 1 : 0 }],
      },
    ],
  };
}
