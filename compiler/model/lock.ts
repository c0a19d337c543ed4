/**
 * `autogit.lock`: which image each reference of the platform file stands for. It lies beside the file, is written by
 * `autogit lock update` and reviewed with it; with it, every rendered image has a digest.
 */
export interface Lock {
  /** By the reference as the platform file or a default has it: `requarks/wiki:2`. */
  readonly images: Readonly<Record<string, LockedImage>>;
}

export type LockedImage =
  | {
      readonly kind: 'pinned';
      /** Of the index where there is one, else of the only manifest: what is pulled. */
      readonly digest: string;
      /** Manifest of each Linux platform: `linux/amd64`, `linux/arm/v7`. */
      readonly platforms: Readonly<Record<string, string>>;
    }
  /** Built on the hosts and in no registry: stays as it is written. */
  | { readonly kind: 'local' };

/** The lock of a platform file: `autogit.yaml` → `autogit.lock`, in the same folder. */
export function lockPathOf(file: string): string {
  return `${file.replace(/\.ya?ml$/, '')}.lock`;
}
