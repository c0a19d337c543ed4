import type { Finding } from '../../schema/diagnostic.ts';
import type { Platform, Port, Workload } from '../model/platform.ts';
import { repeated } from './repeated.ts';

/** Addresses that two parts would answer: host names, ports of a host, ports of a container. */
export function checkAddresses(platform: Platform): readonly Finding[] {
  return [...routes(platform), ...publishedPorts(platform), ...platform.workloads.flatMap(ownPorts)];
}

function routes(platform: Platform): readonly Finding[] {
  return repeated(platform.routes, ({ hostname, path }) => `${hostname}${path}`).map(({ node, first }) => ({
    code: 'AG403',
    pointer: node.origin,
    message: `'${first.workload}' and '${node.workload}' would both be served at ${node.hostname}${node.path === '/' ? '' : node.path}`,
    hint: 'give one of them another host',
    related: [{ pointer: first.origin, message: `'${first.workload}' is served there` }],
  }));
}

/** Of two ports with one number, one listens on all addresses or both on the same one. */
function publishedPorts({ workloads, hosts }: Platform): readonly Finding[] {
  return hosts.flatMap((host) => {
    const here = workloads.filter((workload) => workload.host === host.id).flatMap(publishedBy);
    const anywhere = here.filter(({ address }) => isAnyAddress(address));
    return here.flatMap((published, index) => {
      const same = (other: Published) => other.port === published.port && other.protocol === published.protocol;
      const first =
        anywhere.find((other) => same(other) && other !== published && here.indexOf(other) < index) ??
        here.slice(0, index).find((other) => same(other) && overlap(other.address, published.address));
      return first === undefined ? [] : [portClash(published, first, host.id)];
    });
  });
}

interface Published {
  readonly workload: string;
  readonly port: number;
  readonly protocol: Port['protocol'];
  readonly address: string | undefined;
  readonly origin: string;
}

function publishedBy({ id, ports }: Workload): readonly Published[] {
  return ports.flatMap(({ protocol, publish, origin }) =>
    publish === undefined ? [] : [{ workload: id, port: publish.port, protocol, address: publish.address, origin }],
  );
}

function isAnyAddress(address: string | undefined): boolean {
  return address === undefined || address === '0.0.0.0' || address === '::';
}

function overlap(a: string | undefined, b: string | undefined): boolean {
  return a === b || isAnyAddress(a) || isAnyAddress(b);
}

function portClash(published: Published, first: Published, host: string): Finding {
  const who =
    first.workload === published.workload
      ? `'${first.workload}' would`
      : `'${first.workload}' and '${published.workload}' would both`;
  return {
    code: 'AG404',
    pointer: published.origin,
    message: `${who} listen on ${published.protocol} port ${published.port} of host '${host}'${first.workload === published.workload ? ' twice' : ''}`,
    hint: 'publish one of them on another port',
    related: [{ pointer: first.origin, message: `'${first.workload}' publishes it here` }],
  };
}

function ownPorts({ id, ports }: Workload): readonly Finding[] {
  const names = repeated(ports, ({ name }) => name).map((pair) => ({
    ...pair,
    message: `'${id}' has two ports called '${pair.node.name}'`,
    hint: '`port` is called `http`; give the other one another name',
  }));
  const numbers = repeated(ports, ({ port, protocol }) => `${protocol} ${port}`).map((pair) => ({
    ...pair,
    message: `'${id}' names ${pair.node.protocol} port ${pair.node.port} twice`,
    hint: 'remove one of the two',
  }));
  return [...names, ...numbers].map(({ node, first, message, hint }) => ({
    code: 'AG404',
    pointer: node.origin,
    message,
    hint,
    related: [{ pointer: first.origin, message: 'the other one is here' }],
  }));
}
