export { threeLegs as platform } from '../definition.ts';
