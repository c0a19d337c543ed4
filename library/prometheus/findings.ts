import type { ExpandContext, PartContext } from '../../compiler/model/component.ts';
import { pointerTo } from '../../compiler/model/pointer.ts';
import type { Finding } from '../../schema/diagnostic.ts';
import type { PrometheusSpec } from '../../schema/spec.ts';

/** What the keys of monitoring leave out. */
export function findingsOf(
  { alerts, autogit, dashboards, groups }: PrometheusSpec,
  { origin, platform }: PartContext,
): readonly Finding[] {
  const place = pointerTo(origin, 'alerts');
  const address = /^(?:\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):[0-9]{1,5}$/;
  const wrong = (pointer: string, message: string, hint: string): Finding => ({
    code: 'AG435',
    pointer,
    message,
    hint,
  });
  const server = alerts?.smtp?.server;
  return [
    ...(alerts?.email !== undefined && alerts.smtp === undefined
      ? [
          wrong(
            pointerTo(place, 'email'),
            'mails need a server that takes them',
            'add `smtp: { server: "smtp.example.org:587", from: autogit@example.org }` beside it',
          ),
        ]
      : []),
    ...(alerts?.smtp !== undefined && alerts.email === undefined
      ? [wrong(pointerTo(place, 'smtp'), 'a mail server, and nobody who gets mails', 'add `email:` beside it')]
      : []),
    ...(server !== undefined && !address.test(server)
      ? [
          wrong(
            pointerTo(place, 'smtp', 'server'),
            `'${server}' is no name with a port`,
            'write both, such as smtp.example.org:587',
          ),
        ]
      : []),
    ...((alerts?.smtp?.username === undefined) !== (alerts?.smtp?.password === undefined)
      ? [
          wrong(
            pointerTo(place, 'smtp'),
            'a user of a mail server and its password go together',
            'add the other one, or remove both',
          ),
        ]
      : []),
    ...(autogit !== undefined && !address.test(autogit)
      ? [
          wrong(
            pointerTo(origin, 'autogit'),
            `'${autogit}' is no address with a port`,
            'write both, such as 192.168.1.10:4280',
          ),
        ]
      : []),
    ...(groups?.viewer !== undefined && [...groups.admin, ...groups.editor, ...groups.viewer].length === 0
      ? [
          wrong(
            pointerTo(origin, 'groups'),
            'nobody could open Grafana: no group is named',
            'name one, or remove `viewer`, so that everybody who signs on may look',
          ),
        ]
      : []),
    ...(groups !== undefined && (!dashboards || !platform.roles.includes('sso'))
      ? [
          wrong(
            pointerTo(origin, 'groups'),
            dashboards
              ? 'groups are of people who sign on, and the file has no sign-on'
              : 'groups say who is what in Grafana, which is left out',
            dashboards ? 'add `sso:`, or remove `groups`' : 'remove `groups`, or `dashboards: false`',
          ),
        ]
      : []),
  ];
}

/** Parts on other hosts, whose networks are not those of this one: one finding for each host. */
export function unwatched({ platform, host, facts, origin }: ExpandContext): readonly Finding[] {
  if (platform.target === 'kubernetes') return [];
  const elsewhere = facts.scrapes.filter((scrape) => scrape.host !== host.id);
  return [...new Set(elsewhere.map((scrape) => scrape.host))].map((other) => {
    const parts = elsewhere.filter((scrape) => scrape.host === other).map(({ id }) => `'${id}'`);
    return {
      code: 'AG580',
      severity: 'warning',
      pointer: origin,
      at: 'key',
      message: `monitoring runs on host '${host.id}' and does not see ${parts.join(', ')} on host '${other}': a Compose network ends at its host`,
      hint: 'place them on one host with `placement`, compile for Kubernetes, or accept AG580',
    };
  });
}
