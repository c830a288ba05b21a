// The lifecycle's activities, composed: one row each. A name without an activity does not compile.
import { askTemporary } from './ask-temporary.ts';
import { closeBreaker, probeCanaries, tellPlatform, weighBreaker } from './breaker.ts';
import { completeAuthorization } from './complete-authorization.ts';
import { destroyCredential, discardConnection, fence, revokeUpstream } from './end-connection.ts';
import { endInstall, exchangeInstall } from './exchange-install.ts';
import { failingSafely } from './failure.ts';
import { endMove } from './hold-move.ts';
import type { LifecycleActivities } from './lifecycle-contract.ts';
import type { LifecycleDeps } from './lifecycle-deps.ts';
import { loadConnection } from './load-connection.ts';
import { probeConnection } from './probe-connection.ts';
import { readTimings } from './read-timings.ts';
import { refreshCredential } from './refresh-credential.ts';
import { answerRegistration, confirmRegistration, reconnectShop } from './register-shop.ts';
import { reopenConnection } from './reopen-connection.ts';
import { reportRegistration } from './report-registration.ts';
import { cancelRuns, removeSchedule, setSchedule } from './set-schedule.ts';
import { settleLostRefresh } from './settle-lost-refresh.ts';
import { beginShares } from './share-grant.ts';
import { sweep } from './sweep.ts';
import { settleLostUpgrade, upgradeCredential } from './upgrade-credential.ts';
import { writeProjection } from './write-projection.ts';

export function createLifecycleActivities(deps: LifecycleDeps): LifecycleActivities {
  const activities: LifecycleActivities = {
    loadConnection: loadConnection(deps),
    reopenConnection: reopenConnection(deps),
    readTimings: readTimings(deps),
    completeAuthorization: completeAuthorization(deps),
    endMove: endMove(deps),
    beginShares: beginShares(deps),
    refreshCredential: refreshCredential(deps),
    settleLostRefresh: settleLostRefresh(deps),
    upgradeCredential: upgradeCredential(deps),
    settleLostUpgrade: settleLostUpgrade(deps),
    probeConnection: probeConnection(deps),
    writeProjection: writeProjection(deps),
    setSchedule: setSchedule(deps),
    removeSchedule: removeSchedule(deps),
    cancelRuns: cancelRuns(deps),
    fence: fence(deps),
    revokeUpstream: revokeUpstream(deps),
    destroyCredential: destroyCredential(deps),
    discardConnection: discardConnection(deps),
    reportRegistration: reportRegistration(deps),
    weighBreaker: weighBreaker(deps),
    tellPlatform: tellPlatform(deps),
    probeCanaries: probeCanaries(deps),
    closeBreaker: closeBreaker(deps),
    exchangeInstall: exchangeInstall(deps),
    endInstall: endInstall(deps),
    answerRegistration: answerRegistration(deps),
    confirmRegistration: confirmRegistration(deps),
    reconnectShop: reconnectShop(deps),
    askTemporary: askTemporary(deps),
    sweep: sweep(deps),
  };
  return failingSafely(activities, deps);
}
