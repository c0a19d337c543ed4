/**
 * For each alert, metrics that it speaks up at and metrics that it stays quiet at, in the words of `promtool test rules`:
 * `1+1x60` counts from 1 to 61, one each minute. They are judged at `minute`.
 */
export interface AlertCase {
  readonly minute: number;
  readonly fires: Readonly<Record<string, string>>;
  readonly quiet: Readonly<Record<string, string>>;
}

const disk = (what: string) => `node_filesystem_${what}_bytes{job="monitoring-machine",mountpoint="/etc/hosts"}`;

export const alertCases: Readonly<Record<string, AlertCase>> = {
  AlertsAreNotSent: {
    minute: 30,
    fires: { 'alertmanager_notifications_failed_total{job="monitoring-alerts",integration="email"}': '0+1x40' },
    quiet: { 'alertmanager_notifications_failed_total{job="monitoring-alerts",integration="email"}': '7x40' },
  },
  AutogitCannotReadTheRepository: {
    minute: 20,
    fires: { 'autogit_source_up{job="autogit"}': '0x30' },
    quiet: { 'autogit_source_up{job="autogit"}': '1x10 0x4 1x20' },
  },
  AutogitDoesNotSeeAHost: {
    minute: 10,
    fires: { 'autogit_host_up{job="autogit",host="one"}': '1x10', 'autogit_host_up{job="autogit",host="two"}': '0x10' },
    quiet: { 'autogit_host_up{job="autogit",host="one"}': '1x10' },
  },
  AutogitHasFailedParts: {
    minute: 20,
    fires: { 'autogit_units{job="autogit",state="failed"}': '1x30' },
    quiet: { 'autogit_units{job="autogit",state="ok"}': '9x30', 'autogit_units{job="autogit",state="failed"}': '0x30' },
  },
  AutogitHoldsBack: {
    minute: 70,
    fires: { 'autogit_plan_holds{job="autogit"}': '2x90' },
    quiet: { 'autogit_plan_holds{job="autogit"}': '2x30 0x60' },
  },
  AutogitJobIsLate: {
    minute: 60,
    // Tests begin in 1970: at minute 60 it is second 3600.
    fires: { 'autogit_job_late_timestamp_seconds{job="autogit",unit="container/local/backup"}': '1800x90' },
    quiet: {
      'autogit_job_late_timestamp_seconds{job="autogit",unit="container/local/backup"}': '1800x20 90000x70',
      'autogit_job_late_timestamp_seconds{job="autogit",unit="container/local/backup-verify"}': '700000x90',
    },
  },
  AutogitJobsWait: {
    minute: 20,
    fires: {
      'autogit_pool_queued_jobs{job="autogit",pool="linux"}': '3x30',
      'autogit_pool_runners{job="autogit",pool="linux",state="busy"}': '0x30',
      'autogit_pool_runners{job="autogit",pool="linux",state="idle"}': '0x30',
    },
    quiet: {
      'autogit_pool_queued_jobs{job="autogit",pool="linux"}': '3x30',
      'autogit_pool_runners{job="autogit",pool="linux",state="busy"}': '8x30',
      'autogit_pool_runners{job="autogit",pool="linux",state="idle"}': '0x30',
    },
  },
  CacheDoesNotWrite: {
    minute: 5,
    fires: { 'redis_aof_last_write_status{job="cache"}': '0x10' },
    quiet: { 'redis_aof_last_write_status{job="cache"}': '1x10' },
  },
  CacheIsDown: {
    minute: 5,
    fires: { 'redis_up{job="cache"}': '0x10' },
    quiet: { 'redis_up{job="cache"}': '1x4 0 1x10' },
  },
  CacheIsFull: {
    minute: 15,
    fires: { 'redis_memory_used_bytes{job="cache"}': '95x20', 'redis_memory_max_bytes{job="cache"}': '100x20' },
    quiet: { 'redis_memory_used_bytes{job="cache"}': '85x20', 'redis_memory_max_bytes{job="cache"}': '100x20' },
  },
  CertificateEnds: {
    minute: 90,
    // Tests begin in 1970: a few days later, and in 2100.
    fires: { 'traefik_tls_certs_not_after{job="ingress",cn="",sans="git.home.lan"}': '300000x120' },
    quiet: { 'traefik_tls_certs_not_after{job="ingress",cn="",sans="git.home.lan"}': '4102444800x120' },
  },
  DatabaseConnectionsRunOut: {
    minute: 10,
    fires: {
      'pg_stat_activity_count{job="database",datname="forge"}': '50x20',
      'pg_stat_activity_count{job="database",datname="wiki"}': '40x20',
      'pg_settings_max_connections{job="database"}': '100x20',
    },
    quiet: {
      'pg_stat_activity_count{job="database",datname="forge"}': '50x20',
      'pg_settings_max_connections{job="database"}': '100x20',
    },
  },
  DatabaseDeadlocks: {
    minute: 10,
    fires: { 'pg_stat_database_deadlocks{job="database",datname="wiki"}': '0x5 1x20' },
    quiet: { 'pg_stat_database_deadlocks{job="database",datname="wiki"}': '5x20' },
  },
  DatabaseIsDown: {
    minute: 5,
    fires: { 'pg_up{job="database"}': '0x10' },
    quiet: { 'pg_up{job="database"}': '1x10' },
  },
  ForgeFilesRunOut: {
    minute: 15,
    fires: { 'process_open_fds{job="forge"}': '900x30', 'process_max_fds{job="forge"}': '1024x30' },
    quiet: { 'process_open_fds{job="forge"}': '90x30', 'process_max_fds{job="forge"}': '1024x30' },
  },
  ForgeMemoryIsShort: {
    minute: 20,
    fires: { 'process_resident_memory_bytes{job="forge"}': '1050000000x30' },
    quiet: { 'process_resident_memory_bytes{job="forge"}': '300000000x30' },
  },
  ForgeStartsAgainAndAgain: {
    minute: 20,
    fires: { 'process_start_time_seconds{job="forge"}': '100x4 400x4 700x4 1000x10' },
    quiet: { 'process_start_time_seconds{job="forge"}': '100x4 400x20' },
  },
  IngressConfigurationFails: {
    minute: 10,
    fires: { 'traefik_config_last_reload_success{job="ingress"}': '0x20' },
    quiet: { 'traefik_config_last_reload_success{job="ingress"}': '1x20' },
  },
  MachineDiskFillsUp: {
    minute: 480,
    fires: { [disk('avail')]: '1000-1x500' },
    quiet: { [disk('avail')]: '1000000-1x500' },
  },
  MachineDiskIsFull: {
    minute: 20,
    fires: { [disk('avail')]: '5x30', [disk('size')]: '100x30' },
    quiet: { [disk('avail')]: '15x30', [disk('size')]: '100x30' },
  },
  MachineMemoryIsLow: {
    minute: 15,
    fires: {
      'node_memory_MemAvailable_bytes{job="monitoring-machine"}': '5x20',
      'node_memory_MemTotal_bytes{job="monitoring-machine"}': '100x20',
    },
    quiet: {
      'node_memory_MemAvailable_bytes{job="monitoring-machine"}': '50x20',
      'node_memory_MemTotal_bytes{job="monitoring-machine"}': '100x20',
    },
  },
  NameServerFails: {
    minute: 25,
    fires: {
      'coredns_dns_responses_total{job="dns",rcode="SERVFAIL"}': '0+1x40',
      'coredns_dns_responses_total{job="dns",rcode="NOERROR"}': '0+9x40',
    },
    quiet: {
      'coredns_dns_responses_total{job="dns",rcode="SERVFAIL"}': '0+1x40',
      'coredns_dns_responses_total{job="dns",rcode="NOERROR"}': '0+99x40',
    },
  },
  NameServerPanics: {
    minute: 10,
    fires: { 'coredns_panics_total{job="dns"}': '0x5 1x20' },
    quiet: { 'coredns_panics_total{job="dns"}': '3x20' },
  },
  ObjectsAreLost: {
    minute: 20,
    fires: { 'block_resync_errored_blocks{job="objects"}': '0x2 3x30' },
    quiet: { 'block_resync_errored_blocks{job="objects"}': '3x4 0x30' },
  },
  ObjectsDiskIsFull: {
    minute: 20,
    fires: {
      'garage_local_disk_avail{job="objects",volume="data"}': '5x30',
      'garage_local_disk_total{job="objects",volume="data"}': '100x30',
    },
    quiet: {
      'garage_local_disk_avail{job="objects",volume="data"}': '15x30',
      'garage_local_disk_total{job="objects",volume="data"}': '100x30',
    },
  },
  ObjectsFail: {
    minute: 25,
    fires: { 'api_s3_error_counter{job="objects",api_endpoint="PutObject",status_code="503"}': '0+1x40' },
    quiet: { 'api_s3_error_counter{job="objects",api_endpoint="GetObject",status_code="404"}': '0+9x40' },
  },
  ObjectsNotAvailable: {
    minute: 5,
    fires: { 'cluster_available{job="objects"}': '1x1 0x10' },
    quiet: { 'cluster_available{job="objects"}': '1x3 0 1x10' },
  },
  RegistryFails: {
    minute: 25,
    fires: { 'registry_http_requests_total{job="registry",code="500",method="put"}': '0+1x40' },
    quiet: { 'registry_http_requests_total{job="registry",code="404",method="get"}': '0+9x40' },
  },
  RulesFail: {
    minute: 10,
    fires: { 'prometheus_rule_evaluation_failures_total{job="monitoring",rule_group="platform"}': '0+1x20' },
    quiet: { 'prometheus_rule_evaluation_failures_total{job="monitoring",rule_group="platform"}': '4x20' },
  },
  ServiceFails: {
    minute: 20,
    fires: {
      'traefik_service_requests_total{job="ingress",service="forge@file",code="200"}': '0+60x30',
      'traefik_service_requests_total{job="ingress",service="forge@file",code="502"}': '0+30x30',
    },
    quiet: {
      'traefik_service_requests_total{job="ingress",service="forge@file",code="404"}': '0+60x30',
      'traefik_service_requests_total{job="ingress",service="forge@file",code="502"}': '0+1x30',
      'traefik_service_requests_total{job="ingress",service="wiki@file",code="502"}': '0+1x30',
    },
  },
  SignOnBansSomebody: {
    minute: 20,
    fires: { 'authelia_authn{job="sso",success="false",banned="true"}': '0x15 1x20' },
    quiet: { 'authelia_authn{job="sso",success="false",banned="false"}': '0+1x30' },
  },
  SignOnFails: {
    minute: 30,
    fires: { 'authelia_request{job="sso",code="500",method="GET"}': '0+3x40' },
    quiet: { 'authelia_request{job="sso",code="401",method="GET"}': '0+90x40' },
  },
  SignOnIsTriedOften: {
    minute: 20,
    fires: { 'authelia_authn{job="sso",success="false",banned="false"}': '0+5x30' },
    quiet: {
      'authelia_authn{job="sso",success="false",banned="false"}': '0+1x30',
      'authelia_authn{job="sso",success="true",banned="false"}': '0+50x30',
    },
  },
  TargetIsDown: {
    minute: 10,
    fires: { 'up{job="cache"}': '1x2 0x20' },
    quiet: { 'up{job="cache"}': '1x4 0x3 1x20' },
  },
};
