import { existsSync } from 'node:fs';
import { freePort } from '../../tests/real/free-port.ts';
import { garage } from '../../tests/real/oracles/programs.ts';
import { askS3 } from '../../tests/real/oracles/s3-client.ts';
import { renderedConfig, until } from '../../tests/real/oracles/store-world.ts';
import { Folder, type Part, pidOf, times } from './part.ts';

const file = 'objects: garage\nservices: { photos: { image: "photos:1", needs: [objects] } }\n';
const keys = { accessKey: 'benchphotosaccess', secretKey: 'bench-photos-secret' };

/** The other S3 server, with the rendered program beside it that makes buckets and ends up idle. */
export const store: Part = {
  id: 'garage',
  program: `Garage ${garage().version}`,
  load: '200 objects of 1 MB, 4 at once',
  isHere: () => existsSync(garage().path),
  start: async (platform) => {
    const folder = new Folder(platform);
    const [s3, rpc, admin] = [await freePort(), await freePort(), await freePort()];
    for (const each of ['data', 'secrets', 'tmp']) folder.make(each);
    const secrets = {
      'objects-rpc-secret': 'c0ffee00'.repeat(8),
      'objects-admin-token': 'bench-admin-token',
      'photos-objects-access-key': keys.accessKey,
      'photos-objects-secret-key': keys.secretKey,
    };
    for (const [id, text] of Object.entries(secrets)) folder.write(`secrets/${id}`, text);
    const config = (await renderedConfig(file, 'objects', 'garage.toml'))
      .replaceAll('/var/lib/garage', folder.at('data'))
      .replaceAll('/run/secrets/', `${folder.at('secrets')}/`)
      .replaceAll('127.0.0.1:3901', `127.0.0.1:${rpc}`)
      .replace('[::]:3900', `127.0.0.1:${s3}`)
      .replace('[::]:3903', `127.0.0.1:${admin}`);
    const args = ['-c', folder.write('garage.toml', config), 'server', '--single-node'];
    const running = folder.run(garage().path, args);
    await until(async () => (await fetch(`http://127.0.0.1:${admin}/health`)).status === 200, running);
    const buckets = (await renderedConfig(file, 'objects-buckets', 'buckets.py'))
      .replaceAll('/tmp/ready', folder.at('tmp/ready'))
      .replaceAll('/run/secrets/', `${folder.at('secrets')}/`)
      .replace('http://home-objects:3903', `http://127.0.0.1:${admin}`);
    const beside = folder.run('python3', ['-u', '-B', folder.write('buckets.py', buckets)]);
    await until(() => existsSync(folder.at('tmp/ready')), beside);
    const put = async (index: number) => {
      const body = 'x'.repeat(1_000_000);
      const path = `/home-photos/${index}`;
      const { status, text } = await askS3(`http://127.0.0.1:${s3}`, keys, { method: 'PUT', path, body });
      if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
    };
    return { pid: pidOf(running), work: () => times(200, 4, put), stop: () => folder.end() };
  },
};
