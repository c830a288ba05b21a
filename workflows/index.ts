// Every workflow of the installation, by its wire name. The worker bundles this file; nothing else imports it.
export { breaker } from './breaker.ts';
export { connection } from './connection.ts';
export { fleetRun } from './fleet-run.ts';
export { importConnections } from './import-connections.ts';
export { install } from './install.ts';
export { privacy } from './privacy.ts';
export { shopRegistration } from './shop-registration.ts';
export { sweep } from './sweep.ts';
export { syncStore } from './sync-store.ts';
export { temporaryCredentials } from './temporary-credentials.ts';
