// The workflows of a lifecycle test: those of the installation, with a sync that does nothing.
export { breaker } from '../../workflows/breaker.ts';
export { connection } from '../../workflows/connection.ts';
export { install } from '../../workflows/install.ts';
export { privacy } from '../../workflows/privacy.ts';
export { shopRegistration } from '../../workflows/shop-registration.ts';
export { sweep } from '../../workflows/sweep.ts';

export async function syncStore(): Promise<void> {}
