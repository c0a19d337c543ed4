import { userInfo } from 'node:os';
import { join } from 'node:path';

export interface GiteaSecrets {
  readonly secretKey: string;
  readonly internalToken: string;
  readonly jwtSecret: string;
  readonly password: string;
}

export interface GiteaSettings {
  readonly dir: string;
  readonly address: string;
  readonly port: number;
  readonly share: string;
  readonly secrets: GiteaSecrets;
  /** `section.KEY` → value, on top of the rest. */
  readonly extra: Readonly<Record<string, string>>;
}

/** `app.ini` of a forge for tests: SQLite, no mail, no update check, nothing listens but `address`. */
export function giteaConfig(settings: GiteaSettings): string {
  const sections = new Map(Object.entries(baseSections(settings)));
  for (const [key, value] of Object.entries(settings.extra)) {
    const dot = key.lastIndexOf('.');
    const section = key.slice(0, Math.max(dot, 0));
    sections.set(section, { ...sections.get(section), [key.slice(dot + 1)]: value });
  }
  return [...sections].map(([name, keys]) => sectionText(name, keys)).join('\n');
}

function sectionText(name: string, keys: Readonly<Record<string, string | number>>): string {
  const lines = Object.entries(keys).map(([key, value]) => `${key} = ${value}`);
  return [...(name === '' ? [] : [`[${name}]`]), ...lines, ''].join('\n');
}

function baseSections({
  dir,
  address,
  port,
  share,
  secrets,
}: GiteaSettings): Record<string, Record<string, string | number>> {
  return {
    '': {
      APP_NAME: 'AutoGit test forge',
      RUN_MODE: 'prod',
      RUN_USER: userInfo().username,
      WORK_PATH: dir,
      ...(process.getuid?.() === 0 ? { I_AM_BEING_UNSAFE_RUNNING_AS_ROOT: 'true' } : {}),
    },
    server: {
      PROTOCOL: 'http',
      HTTP_ADDR: address,
      HTTP_PORT: port,
      ROOT_URL: `http://${address}:${port}/`,
      STATIC_ROOT_PATH: share,
      APP_DATA_PATH: join(dir, 'data'),
      DISABLE_SSH: 'true',
      OFFLINE_MODE: 'true',
      LFS_START_SERVER: 'false',
    },
    database: { DB_TYPE: 'sqlite3', PATH: join(dir, 'gitea.db'), SQLITE_JOURNAL_MODE: 'WAL' },
    repository: { ROOT: join(dir, 'repositories') },
    security: {
      INSTALL_LOCK: 'true',
      SECRET_KEY: secrets.secretKey,
      INTERNAL_TOKEN: secrets.internalToken,
      PASSWORD_HASH_ALGO: 'pbkdf2$1000$50',
    },
    oauth2: { JWT_SECRET: secrets.jwtSecret },
    service: { DISABLE_REGISTRATION: 'true' },
    session: { PROVIDER: 'memory' },
    queue: { TYPE: 'channel' },
    indexer: { ISSUE_INDEXER_TYPE: 'db', REPO_INDEXER_ENABLED: 'false' },
    log: { MODE: 'console', LEVEL: 'Info', 'logger.router.MODE': '' },
    webhook: { ALLOWED_HOST_LIST: 'loopback,private' },
    actions: { ENABLED: 'true' },
    'cron.update_checker': { ENABLED: 'false' },
  };
}
