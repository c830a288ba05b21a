// One rule an event: the table of design § 3. A missing row does not compile. The rules are grouped by what they are about.
import type { Rule } from './connection.ts';
import * as credential from './connection-credential.ts';
import * as ending from './connection-ending.ts';
import type { EventType } from './connection-happenings.ts';
import * as health from './connection-health.ts';
import * as move from './connection-move.ts';
import * as upgrade from './connection-upgrade.ts';

export const RULES: { readonly [T in EventType]: Rule<T> } = {
  restored: ending.restored,
  connect_deadline_passed: ending.connectDeadlinePassed,
  authorization_started: credential.authorizationStarted,
  authorized: credential.authorized,
  authorization_refused: credential.authorizationRefused,
  move_proposed: move.moveProposed,
  move_refused: move.moveRefused,
  move_failed: move.moveFailed,
  move_expired: move.moveExpired,
  refresh_came_due: credential.refreshCameDue,
  refresh_requested: credential.refreshRequested,
  refreshed: credential.refreshed,
  refresh_failed: credential.refreshFailed,
  refresh_discarded: credential.refreshDiscarded,
  refresh_answer_lost: credential.refreshAnswerLost,
  refresh_token_expired: credential.refreshTokenExpired,
  upgrade_started: upgrade.upgradeStarted,
  upgraded: upgrade.upgraded,
  upgrade_failed: upgrade.upgradeFailed,
  upgrade_answer_lost: upgrade.upgradeAnswerLost,
  grant_died: credential.grantDied,
  secret_did_not_open: credential.secretDidNotOpen,
  retry_came_due: health.retryCameDue,
  probe_requested: health.probeRequested,
  probe_succeeded: health.probeSucceeded,
  probe_failed: health.probeFailed,
  run_succeeded: health.runSucceeded,
  run_failed: health.runFailed,
  registration_changed: health.registrationChanged,
  paused: health.paused,
  resumed: health.resumed,
  settings_changed: health.settingsChanged,
  breaker_opened: health.breakerOpened,
  breaker_closed: health.breakerClosed,
  reminder_came_due: ending.reminderCameDue,
  given_up: ending.givenUp,
  uninstalled: ending.uninstalled,
  revoke_requested: ending.revokeRequested,
  revocation_finished: ending.revocationFinished,
};
