import { oidcPlatform } from '../definition.ts';

export const platform = oidcPlatform({ id: 'oidcbody', proof: { clientAuthentication: 'body' } });
