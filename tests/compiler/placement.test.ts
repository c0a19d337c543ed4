import { describe, expect, it } from 'vitest';
import { said } from './said.ts';

const hosts = 'hosts: { server: "unix:///var/run/docker.sock", nas: "tcp://nas.lan:2376" }';

describe('data with several Docker hosts', () => {
  it('that name no host are told, with the host that they would be on and the line to write', async () => {
    expect(
      await said(`${hosts}
forge: gitea
database: postgres
services:
  photos: { image: "photos:1", volumes: { originals: { path: /originals, hostPath: /srv/photos } } }
  page: { image: "page:1" }
  notes: { image: "notes:1", volumes: { data: /data }, placement: server }
`),
    ).toMatchInlineSnapshot(`
      "3:1 warning AG470: 'forge', 'database' and 'photos' keep data and name no host: they run on 'nas', the first by name
        see 4:1 runs on 'nas'
        see 5:1 runs on 'nas'
        see 7:3 runs on 'nas'
        next write at each on which host the data are: \`placement: nas\` or \`placement: server\`, such as \`forge: { use: gitea, placement: nas }\`
      "
    `);
  });

  it('are told one by one when it is one, and by its own name', async () => {
    expect(
      await said(`${hosts}
services: { photos: { image: "photos:1", volumes: { originals: /originals } } }
`),
    ).toMatchInlineSnapshot(`
      "3:1 warning AG470: 'photos' keeps data and names no host: it runs on 'nas', the first by name
        see 4:13 runs on 'nas'
        next write at it on which host the data are: \`placement: nas\` or \`placement: server\`
      "
    `);
  });

  it('are not told where every part with data names its host', async () => {
    expect(
      await said(`${hosts}
database: { use: postgres, placement: server }
services:
  photos: { image: "photos:1", needs: [database], volumes: { originals: /originals }, placement: server }
  page: { image: "page:1" }
`),
    ).toBe('');
  });

  it('are not told where there is one Docker host, nor for Kubernetes, nor when the file accepts it', async () => {
    const photos = 'services: { photos: { image: "photos:1", volumes: { originals: /originals } } }';
    expect(await said(`hosts: { server: "unix:///var/run/docker.sock", mac: process }\n${photos}\n`)).toBe('');
    expect(await said(`target: kubernetes\n${hosts}\n${photos}\n`)).not.toContain('AG470');
    expect(await said(`${hosts}\n${photos}\naccept: { AG470: "no host comes before nas" }\n`)).toBe('');
  });
});
