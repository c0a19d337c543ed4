/**
 * Route 53 is asked by AWS's library, which takes its credentials from the environment, where `docker inspect` shows them, or
 * from one file with all of them. What lego itself asks for is read from files of single values as well
 * (lego 4.33, providers/dns/route53/route53.go; the format: https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html).
 */
import type { Certificates } from '../../compiler/model/platform.ts';
import { secretPath } from '../../compiler/model/secret-mounts.ts';

type Acme = Extract<Certificates, { kind: 'acme' }>;

/** Variable of AWS's library → key of the file. */
const keys: Readonly<Record<string, string>> = {
  AWS_ACCESS_KEY_ID: 'aws_access_key_id',
  AWS_SECRET_ACCESS_KEY: 'aws_secret_access_key',
  AWS_SESSION_TOKEN: 'aws_session_token',
  AWS_REGION: 'region',
};

/** Route 53 has one place for all the world, and AWS's library asks for none without being told a region. */
const anyRegion = 'us-east-1';

/** In memory alone: `/tmp` of the ingress is a tmpfs. */
export const awsCredentialsPath = '/tmp/aws-credentials';

export interface AwsCredential {
  readonly key: string;
  readonly secret: string;
}

/** What is written into the file, of all that the provider of DNS is given; sorted as that is. */
export function awsCredentials(acme: Acme | undefined): readonly AwsCredential[] {
  if (acme?.challenge.kind !== 'dns-01') return [];
  return acme.challenge.credentials.flatMap(({ variable, secret }) => {
    const key = keys[variable];
    return key === undefined ? [] : [{ key, secret }];
  });
}

/** Whether a variable is one that the file holds. */
export function isAwsCredential(variable: string): boolean {
  return Object.hasOwn(keys, variable);
}

/**
 * POSIX shell for BusyBox and dash: makes the file of the mounted secrets, readable for this user alone, and becomes Traefik.
 * A secret that cannot be read ends it, so that nothing is served without the certificates that the file promises.
 */
export function awsScript(configPath: string, credentials: readonly AwsCredential[]): string {
  const read = credentials.map(({ key, secret }) => `${key}=$(cat ${secretPath(secret)})`);
  const lines = credentials.map(({ key }) => `  printf '%s = %s\\n' ${key} "$${key}"`);
  const region = credentials.some(({ key }) => key === keys.AWS_REGION)
    ? []
    : [`  echo '${keys.AWS_REGION} = ${anyRegion}'`];
  return `# Hands the credentials of AWS to Traefik in the one file that AWS's library reads, and runs it.
set -eu
umask 077
${read.join('\n')}
{
  echo '[default]'
${[...region, ...lines].join('\n')}
} >${awsCredentialsPath}
exec traefik --configFile=${configPath}
`;
}
