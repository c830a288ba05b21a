// What a run through outages came to, in words, and what it must have come to: nothing lost, nothing applied twice.
import { expect } from 'vitest';
import type { Outcome } from './through-outages.ts';

/** Rows of a table for people. */
export function asFound(outcome: Outcome): readonly [string, string | number][] {
  const { told, writes, feed, events, deliveries, gaps, subscriptions, connections } = outcome;
  const answers = Object.entries(told.answers).map(([status, n]) => `${status}: ${n}`);
  return [
    ['notifications sent', told.sent],
    ['requests, by what was answered', answers.join(', ')],
    ['notifications accepted (2xx)', told.accepted],
    ['rows of them', outcome.notificationRows],
    ['calls to the shops', outcome.callsToShops],
    ['states of records that were written', writes.writes],
    ['records written more often than changed', writes.writtenTooOften],
    ['states written twice', writes.writtenTwice],
    ['records that a full pass then found old', outcome.stale],
    ['positions of the feed given twice', writes.positionsTwice],
    ['positions of the feed lost', writes.positionsLost],
    ['changes a reader of the feed was told', feed.told],
    ['of them twice', feed.twice],
    ['records whose newest change it missed', feed.missed],
    ['events', events.written],
    ['events a reader of the feed missed', events.missed],
    ['events it was told twice', events.readTwice],
    ['events to be delivered', deliveries.wanted],
    ['delivered', deliveries.delivered],
    ['received, by distinct id', deliveries.received],
    ['events that did not arrive', deliveries.missing],
    ['repeats of an id', deliveries.repeated],
    ['wrongly signed', deliveries.unsigned],
    ['gaps opened', gaps.opened],
    ['gaps closed', gaps.closed],
    ['subscriptions active', `${subscriptions.active} of ${subscriptions.wanted}`],
    ['connections active', connections.active],
    ['their workflows running', connections.running],
    ['their credentials renewed, times', connections.renewals],
    ['audit chain', outcome.auditIntact ? 'intact' : 'broken'],
    ['processes alive', outcome.alive.join(', ')],
    ['ended by themselves', outcome.fallen.length === 0 ? 'none' : outcome.fallen.join(', ')],
  ];
}

/** As `toMatchObject` takes it. Counts that may be any number are not in it. */
export function asWanted(
  { subscriptions }: Outcome,
  of: { readonly shops: number; readonly notifications: number; readonly gaps: number },
): object {
  const { shops, notifications, gaps } = of;
  return {
    told: { sent: notifications, accepted: notifications, wronglyAnswered: 0 },
    notificationRows: notifications,
    writes: { writtenTooOften: 0, writtenTwice: 0, positionsTwice: 0, positionsLost: 0 },
    feed: { twice: 0, missed: 0 },
    stale: 0,
    events: { byHand: notifications, missed: 0, readTwice: 0 },
    deliveries: { missing: 0, unsigned: 0 },
    gaps: { opened: gaps, closed: gaps },
    subscriptions: { active: subscriptions.wanted },
    connections: { active: shops, running: shops },
    auditIntact: true,
    alive: [expect.stringMatching(/^http/), expect.stringMatching(/^worker/)],
    fallen: [],
  };
}
