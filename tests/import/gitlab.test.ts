import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { importText } from './run-import.ts';

/** As the documentation of GitLab shows it, with further settings and keys. */
function gitlab(settings = '', { image = 'gitlab/gitlab-ce:19.2.1-ce.0', keys = '' } = {}): string {
  return `services:
  gitlab:
    image: ${image}
    container_name: gitlab
    restart: always
    hostname: gitlab.example.com
    environment:
      GITLAB_OMNIBUS_CONFIG: |
        # Any other setting, each on its own line
        external_url 'https://gitlab.example.com'
        gitlab_rails['gitlab_shell_ssh_port'] = 2424
        ${settings}
    ports: ["80:80", "443:443", "2424:22"]
    volumes: ["/srv/gitlab/config:/etc/gitlab", "/srv/gitlab/logs:/var/log/gitlab", "data:/var/opt/gitlab"]
    shm_size: 256m
${keys}
volumes: { data: {} }
`;
}

describe('a Compose file with GitLab', () => {
  it('becomes the forge, in its version, with its port for SSH, and says what to do about its data', () => {
    const { text, report } = importText(gitlab());
    expect(parse(text)).toMatchObject({
      forge: { use: 'gitlab', image: 'gitlab/gitlab-ce:19.2.1-ce.0', ssh: { port: 2424 } },
    });
    expect(report.roles).toEqual({ forge: 'gitlab' });
    expect(report.rows.filter(({ fate }) => fate === 'lost')).toEqual([]);
    expect(report.rows.find(({ path }) => path === 'services.gitlab.volumes')).toMatchObject({
      next: expect.stringContaining('forge-config'),
    });
  });

  it.each([
    ['a setting of its own', gitlab("gitlab_rails['time_zone'] = 'Europe/Madrid'")],
    ['code in a setting', gitlab('external_url `hostname`.strip')],
    ['text that is computed', gitlab('external_url "https://#{host}"')],
    ['two settings on a line, one its own', gitlab("letsencrypt['enable'] = false; puma['worker_processes'] = 2")],
    ['a version that is too old', gitlab('', { image: 'gitlab/gitlab-ce:16.11.10-ce.0' })],
    ['a tag without a version', gitlab('', { image: 'gitlab/gitlab-ce:latest' })],
    ['a command', gitlab('', { keys: '    command: [bash]' })],
    ['a further port', gitlab().replace('"443:443"', '"5050:5050"')],
    ['a further folder', gitlab().replace('"data:/var/opt/gitlab"', '"data:/backups"')],
  ])('stays a service with %s', (_, text) => {
    const { report, text: platform } = importText(text);
    expect(report.roles).toEqual({});
    expect(Object.keys(parse(platform).services)).toEqual(['gitlab']);
  });
});
