// The headers of every call: each has a name that HTTP takes, and is made of what a call with any of the platform's credentials holds. Pure.
import { namesHeld } from './check-names.ts';
import type { PlatformRule } from './check-rules.ts';
import { joined } from './check-shape.ts';
import { namesIn } from './template.ts';

export const checkHeaders: PlatformRule = (platform, report) => {
  for (const [header, text] of Object.entries(platform.headers ?? {})) {
    const at = joined('headers', header);
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(header))
      report(at, 'unknown_value', 'is no name of a header (RFC 9110)');
    for (const method of platform.auth) {
      const held = namesHeld(platform, method);
      for (const name of namesIn(text).filter((one) => !held.includes(one)))
        report(at, 'unknown_name', `"{${name}}" is not there with "${method.credentialKind}"`);
    }
  }
};
