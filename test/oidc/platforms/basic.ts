import { oidcPlatform } from '../definition.ts';

export const platform = oidcPlatform({ id: 'oidcbasic', proof: { clientAuthentication: 'basic' } });
