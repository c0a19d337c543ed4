/** What other roles of the platform do in place of a part that GitLab brings. */
import type {
  Bindings,
  CacheBinding,
  DatabaseBinding,
  ObjectsBinding,
  SsoBinding,
} from '../../compiler/model/binding.ts';
import { secretPath } from '../../compiler/model/secret-mounts.ts';
import { call, fromFile, map, type Setting, set } from './ruby.ts';
import { nginxSettings } from './server-settings.ts';

const rails = (key: string | readonly string[], value: Setting['value']) => set('gitlab_rails', key, value);

/** https://docs.gitlab.com/omnibus/settings/database/ */
export function databaseSettings(database: DatabaseBinding | undefined): readonly Setting[] {
  if (database === undefined) return [];
  const { hostname, port, database: name, user, password, version } = database;
  return [
    set('postgresql', 'enable', false),
    // Its programs for backups have to be as new as the server.
    ...(version?.[0] === 18 ? [set('postgresql', 'version', 18)] : []),
    rails('db_adapter', 'postgresql'),
    rails('db_encoding', 'unicode'),
    rails('db_host', hostname),
    rails('db_port', port),
    rails('db_database', name),
    rails('db_username', user),
    rails('db_password', fromFile(secretPath(password))),
    // The link to the database is a network of its own.
    rails('db_sslmode', 'disable'),
  ];
}

/** https://docs.gitlab.com/omnibus/settings/redis/ */
export function cacheSettings(cache: CacheBinding | undefined): readonly Setting[] {
  if (cache === undefined) return [];
  return [
    set('redis', 'enable', false),
    rails('redis_host', cache.hostname),
    rails('redis_port', cache.port),
    rails('redis_database', cache.index),
    rails('redis_password', fromFile(secretPath(cache.password))),
  ];
}

/** Kinds of objects, each in a bucket of its own, and the name of the bucket in the demand. */
export const buckets = {
  artifacts: 'artifacts',
  external_diffs: 'external-diffs',
  lfs: 'lfs',
  uploads: 'uploads',
  packages: 'packages',
  dependency_proxy: 'dependency-proxy',
  terraform_state: 'terraform-state',
  ci_secure_files: 'secure-files',
} as const;
/** Bucket of the registry, the last one. */
export const registryBucket = 'registry';

/** `isNew`: 19.2 or later. One form for all kinds: https://docs.gitlab.com/administration/object_storage/. Browsers reach the forge alone. */
export function objectSettings(objects: ObjectsBinding | undefined, isNew: boolean): readonly Setting[] {
  if (objects === undefined) return [];
  return [
    rails(['object_store', 'enabled'], true),
    rails(['object_store', 'proxy_download'], true),
    rails(
      ['object_store', 'connection'],
      map({
        provider: 'AWS',
        endpoint: objects.endpoint,
        region: objects.region,
        path_style: true,
        aws_access_key_id: fromFile(secretPath(objects.accessKey)),
        aws_secret_access_key: fromFile(secretPath(objects.secretKey)),
      }),
    ),
    ...Object.keys(buckets).map((kind, index) =>
      rails(['object_store', 'objects', kind, 'bucket'], objects.buckets[index] ?? kind),
    ),
    // Kinds that are not used, which would have to have a bucket all the same. Older versions do not know the second one.
    rails(['object_store', 'objects', 'pages', 'enabled'], false),
    ...(isNew ? [rails(['object_store', 'objects', 'agent_plan_content', 'enabled'], false)] : []),
  ];
}

/**
 * https://docs.gitlab.com/administration/packages/container_registry/. Its words for S3 are not those of Rails.
 * `secondDriver`: that of 19.0 and later.
 */
export function registrySettings(
  url: string | undefined,
  { nested, secondDriver }: { readonly nested: boolean; readonly secondDriver: boolean },
  objects: ObjectsBinding | undefined,
): readonly Setting[] {
  if (url === undefined) return [set('registry', 'enable', false)];
  return [
    call('registry_external_url', url),
    ...nginxSettings('registry', nested),
    ...(objects === undefined ? [] : [set('registry', 'storage', bucketStorage(objects, secondDriver))]),
  ];
}

function bucketStorage(objects: ObjectsBinding, secondDriver: boolean): Setting['value'] {
  const { endpoint, region, buckets: names, accessKey, secretKey } = objects;
  const settings = {
    accesskey: fromFile(secretPath(accessKey)),
    secretkey: fromFile(secretPath(secretKey)),
    bucket: names[Object.keys(buckets).length] ?? registryBucket,
    region,
    regionendpoint: endpoint,
    pathstyle: true,
  };
  // Clients reach the registry alone, and not what it keeps its layers in.
  const redirect = map({ disable: true });
  // The second driver signs in one way only, and asks for checksums of Amazon that other stores need not know.
  if (secondDriver) return map({ s3_v2: map({ ...settings, checksum_disabled: true }), redirect });
  return map({ s3: map({ ...settings, v4auth: true }), redirect });
}

/** https://docs.gitlab.com/administration/auth/oidc/. The issuer has no slash at its end, which is compared. */
export function signOnSettings(sso: SsoBinding | undefined, callback: string): readonly Setting[] {
  if (sso === undefined) return [];
  const provider = 'openid_connect';
  return [
    rails('omniauth_enabled', true),
    rails('omniauth_allow_single_sign_on', [provider]),
    // Who signs on the first time gets an account. Not one that is there with the same address: people may change their
    // address in a directory, and could take the account of anybody, `root` too.
    rails('omniauth_block_auto_created_users', false),
    rails('omniauth_providers', [
      map({
        name: provider,
        label: 'Sign-on',
        args: map({
          name: provider,
          strategy_class: 'OmniAuth::Strategies::OpenIDConnect',
          issuer: sso.issuer,
          discovery: true,
          scope: ['openid', 'profile', 'email', 'groups'],
          response_type: 'code',
          response_mode: 'query',
          client_auth_method: 'basic',
          uid_field: 'preferred_username',
          send_scope_to_token_endpoint: true,
          pkce: true,
          client_options: map({
            identifier: sso.clientId,
            secret: fromFile(secretPath(sso.clientSecret)),
            redirect_uri: callback,
          }),
        }),
      }),
    ]),
  ];
}

/** Ids of the secrets that bindings bring along. */
export function secretsOf({ database, cache, objects, sso }: Partial<Bindings>): readonly string[] {
  return [database?.password, cache?.password, objects?.accessKey, objects?.secretKey, sso?.clientSecret].filter(
    (id) => id !== undefined,
  );
}
