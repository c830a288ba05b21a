import { oidcPlatform } from '../definition.ts';

export const platform = oidcPlatform({ id: 'oidcpublic', proof: { clientAuthentication: 'none' } });
