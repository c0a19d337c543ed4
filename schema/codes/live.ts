import type { Code } from '../codes.ts';

/** 6xx: what is only known where the platform runs. */
export const live: Readonly<Record<string, Code>> = {
  AG610: {
    title: 'something that the machine does not allow',
    why: "Who may write the repository is not root on the host: the policy file of the machine's owner says which images, capabilities, ports, folders and amounts of memory a commit may ask for.",
    note: 'The policy is `/etc/autogit/policy.yaml` on the machine of the reconciler. No file can show this alone: it depends on the policy.',
  },
};
