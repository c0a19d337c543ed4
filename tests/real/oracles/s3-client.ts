import { createHash, createHmac } from 'node:crypto';

/** Who asks. */
export interface S3Keys {
  readonly accessKey: string;
  readonly secretKey: string;
}

export interface S3Answer {
  readonly status: number;
  readonly text: string;
}

/** Asks an S3 server with a signature of version 4, by path (docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html). */
export async function askS3(
  endpoint: string,
  { accessKey, secretKey }: S3Keys,
  {
    method = 'GET',
    path,
    body = '',
    region = 'us-east-1',
  }: {
    readonly method?: string;
    readonly path: string;
    readonly body?: string;
    readonly region?: string;
  },
): Promise<S3Answer> {
  const url = new URL(path, endpoint);
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = `${time.slice(0, 8)}/${region}/s3/aws4_request`;
  const digest = sha256(body);
  const headers = { host: url.host, 'x-amz-content-sha256': digest, 'x-amz-date': time };
  const names = Object.keys(headers).join(';');
  const query = [...url.searchParams].map(([key, value]) => `${encode(key)}=${encode(value)}`).sort();
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}`);
  const canonical = [method, url.pathname, query.join('&'), ...lines, '', names, digest].join('\n');
  const signed = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n');
  const key = scope.split('/').reduce<Buffer | string>((last, part) => hmac(last, part), `AWS4${secretKey}`);
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKey}/${scope},SignedHeaders=${names},Signature=${hmac(key, signed).toString('hex')}`;
  const answer = await fetch(url, {
    method,
    headers: { ...headers, authorization },
    ...(body === '' ? {} : { body }),
  });
  return { status: answer.status, text: await answer.text() };
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
