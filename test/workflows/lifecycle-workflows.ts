// The workflows of a lifecycle test: those of the installation, with a sync that does nothing, and imports and fleet runs that only stand.
import { condition } from '@temporalio/workflow';

export { breaker } from '../../workflows/breaker.ts';
export { connection } from '../../workflows/connection.ts';
export { install } from '../../workflows/install.ts';
export { privacy } from '../../workflows/privacy.ts';
export { shopRegistration } from '../../workflows/shop-registration.ts';
export { sweep } from '../../workflows/sweep.ts';

export async function syncStore(): Promise<void> {}

const standing = () => condition(() => false);

export { standing as fleetRun, standing as importConnections };
