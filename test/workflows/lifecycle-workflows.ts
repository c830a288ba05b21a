// The workflows of a lifecycle test: those of the installation, without the syncs.
export { breaker } from '../../workflows/breaker.ts';
export { connection } from '../../workflows/connection.ts';
export { sweep } from '../../workflows/sweep.ts';
