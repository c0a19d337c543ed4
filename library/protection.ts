import type { Demand } from '../compiler/model/binding.ts';
import { compareText } from '../compiler/model/order.ts';
import type { Route } from '../compiler/model/platform.ts';
import type { ProtectSpec } from '../schema/spec.ts';

/** Who may open a route, as `protect` says; undefined when it says nothing. */
export function protectionOf(protect: ProtectSpec | undefined): Route['protect'] {
  return (
    protect && {
      by: protect.by,
      ...(protect.groups === undefined ? {} : { groups: [...protect.groups].sort(compareText) }),
      open: [...protect.open].sort(compareText),
    }
  );
}

/** The sign-on that a guarded route cannot do without; `origin`: where `protect` stands, or what stands for it. */
export function guardDemand(origin: string): Demand<'sso'> {
  return { role: 'sso', origin, wait: false, required: { otherwise: 'write `protect: none`' } };
}
