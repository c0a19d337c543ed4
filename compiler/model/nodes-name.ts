/** Name in the cluster's DNS that leads to the pods of a workload on all nodes: `home-monitoring-machine-nodes`. */
export function nodesName(platform: string, workload: string): string {
  return `${platform}-${workload}-nodes`;
}
