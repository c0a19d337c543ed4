import type { ImageLicence } from '../../compiler/model/component.ts';
import { choicesOf, knownLicences } from './known.ts';
import type { ShippedPackage } from './packages.ts';

/** `LICENSES.md`. */
export function licencesPage(packages: readonly ShippedPackage[], images: readonly ImageLicence[]): string {
  return `${[
    '# Licences',
    'AutoGit itself is under the [MIT licence](LICENSE). This page lists what it brings along and what it runs; it is made from\nthe components and from `package-lock.json`, and `npm run check` fails for a licence that does not fit.',
    '## Images that a platform runs',
    'Each is a program of its own that runs beside the others, unchanged, pulled by your engine from where its makers put it.\nAutoGit is not linked with them and passes none of them on. The licence is that of the program; the rest of an image\n(a shell, a C library) has its own. What you name in the file yourself, under `services` or as `image`, is yours to look at.',
    table(
      ['Image', 'Program', 'Licence'],
      images.map(({ image, title, licence }) => [`\`${image}\``, title, licence]),
    ),
    '## Licences that ask for something',
    ...asking(images),
    '## BusyBox in images that AutoGit makes',
    'The image that fills volumes, which `npm run filler-image` makes, and the image of the reconciler, which has it inside, hold a\nBusyBox under GPL-2.0. Whoever passes one of them on passes on its source as well, or an offer of it: for the BusyBox of\nDebian, that is the source package `busybox`. To make and run them asks nothing.',
    '## MinIO',
    'MinIO is not among the components. Its makers stopped publishing programs and images in October 2025, archived the\nrepository in April 2026, and removed `minio/minio` and `minio/mc` from Docker Hub in September 2026; a pull from there\nanswers 401, which looks like a wrong password. Its licence, AGPL-3.0, is not the reason: Grafana runs under the same one. A\nplatform that still has MinIO keeps it as a service with the image pinned by digest, and moves its objects to a store\nthat is looked after.',
    '## Redis',
    'Redis is pinned to 7.2, the last line under a BSD licence. 7.4 is under RSALv2 and SSPLv1, and 8.0 and newer add AGPL-3.0 as a\nthird choice. Valkey goes on from 7.2 under BSD-3-Clause and is what AutoGit takes where the file does not choose.',
    '## Packages built into AutoGit',
    'Their code is part of the command line, of the reconciler, or of the page that it serves. Only licences that allow that\nunder MIT are accepted. Tools that build and test AutoGit are not passed on and not listed.',
    table(
      ['Package', 'Version', 'Licence', 'In'],
      packages.map(({ name, version, licence = 'unknown', part }) => [
        `\`${name}\``,
        version,
        licence,
        part === 'program' ? '' : 'page',
      ]),
    ),
  ].join('\n\n')}\n`;
}

function asking(images: readonly ImageLicence[]): readonly string[] {
  const found = new Set(images.flatMap(({ licence }) => choicesOf(licence) ?? []));
  return [...found].sort().flatMap((id) => {
    const known = knownLicences[id];
    if (known?.asks === undefined) return [];
    const titles = [
      ...new Set(images.filter(({ licence }) => choicesOf(licence)?.includes(id)).map(({ title }) => title)),
    ];
    return [`**${known.name}** (${id}): ${titles.sort().join(', ')}. ${known.asks}`];
  });
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
