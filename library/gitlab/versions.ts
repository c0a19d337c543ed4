/** What is known of versions of GitLab: https://docs.gitlab.com/install/requirements/, https://docs.gitlab.com/update/. */
import { compareVersions, imageVersion } from '../../compiler/model/image-version.ts';

export const defaultImage = 'gitlab/gitlab-ce:19.5.3-ce.0';

/** Older ones read other settings. */
export const oldest: readonly number[] = [17, 0];

/** Since 19.2 the settings of the bundled NGINX stand under the part that it serves; older versions do not know that place. */
export function nestsNginx(image: string): boolean {
  const version = imageVersion(image);
  return version === undefined || compareVersions(version, [19, 2]) >= 0;
}

/**
 * Since 19.0 the registry has the second driver for S3 alone, and `s3` is another name of it
 * (https://gitlab.com/gitlab-org/gitlab/-/issues/523095). That of 18 lost tags in its first versions
 * (https://gitlab.com/gitlab-org/gitlab/-/issues/547084), so older ones keep the first driver.
 */
export function hasSecondDriver(image: string): boolean {
  const version = imageVersion(image);
  return version === undefined || compareVersions(version, [19]) >= 0;
}

export interface DatabaseRange {
  /** Major versions of PostgreSQL. */
  readonly least: number;
  readonly most: number;
}

/** Versions of PostgreSQL that a version of GitLab works with; undefined for a tag without a version, and beyond what is known. */
export function databaseRange(image: string): DatabaseRange | undefined {
  const version = imageVersion(image);
  const major = version?.[0];
  if (version === undefined || major === undefined || major > 19) return undefined;
  if (major === 19) return { least: 17, most: compareVersions(version, [19, 3]) >= 0 ? 18 : 17 };
  return major === 18 ? { least: 16, most: 17 } : { least: 14, most: 17 };
}
