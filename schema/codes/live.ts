import type { Code } from '../codes.ts';

/** 6xx: what is only known where the platform runs. */
export const live: Readonly<Record<string, Code>> = {
  AG610: {
    title: 'something that the machine does not allow',
    why: "Who may write the repository is not root on the host: the policy file of the machine's owner says which images, capabilities, ports, folders and amounts of memory a commit may ask for.",
    note: 'The policy is `/etc/autogit/policy.yaml` on the machine of the reconciler. No file can show this alone: it depends on the policy.',
  },
  AG611: {
    title: 'data that another version or another program would be let loose on',
    why: 'A program changes its data when a newer version starts, and cannot go back; some go from version to version only by required stops, and what one program keeps in a volume another one ruins. What runs is left as it is, and the rest of the file goes on.',
    note: 'Only where it runs is known what wrote the data last, so no file can show this alone; `autogit diff` tells it between two revisions. `autogit status` names the steps of the way that is open. Take the acceptance out again when the change is done: it holds for every service.',
    accept: 'the data are brought over by hand',
  },
};
