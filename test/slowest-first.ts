// The order of test files: what takes minutes begins first, so that no process is left alone with it at the end.
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const SLOWEST = [
  /\/(connection-many-days|chaos)\./,
  /\/(invariants|fleet)\//,
  /\/(browser|oidc|docs|oauth1)\//,
];

export class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = SLOWEST.findIndex((pattern) => pattern.test(moduleId));
      return at === -1 ? SLOWEST.length : at;
    };
    const known = await super.sort(files);
    return known.sort((one, other) => rank(one) - rank(other));
  }
}
