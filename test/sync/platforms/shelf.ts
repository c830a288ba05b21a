// The shop of the sync's tests as a platform module from outside: what MOORING_PLATFORMS points a worker process at.
export { SHELF as platform } from '../shelf.ts';
