// A connection's schedule on the real server: its first run is one that it counts as its own.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../store/new-id.ts';
import { createSchedules } from '../../worker/schedules.ts';
import { syncScheduleId } from '../../workflows/messages.ts';
import { connectTemporal, type TestTemporal, until } from '../world.ts';

let temporal: TestTemporal;
beforeAll(async () => {
  temporal = await connectTemporal();
});
afterAll(() => temporal.close());

test('a tick during the first run is skipped', async () => {
  const wanted = {
    tenantId: newId('tenant'),
    connectionId: newId('connection'),
    intervalS: 1,
    pausedNote: null,
  };
  const schedules = createSchedules(temporal.client);
  expect(await schedules.ensure(wanted)).toBe('created');
  // No worker takes the run, so that it is under way for as long as the test wants.
  const handle = temporal.client.schedule.getHandle(syncScheduleId(wanted.connectionId));
  const skipped = async () => (await handle.describe()).info;
  await until('two ticks', async () => (await skipped()).numActionsSkippedOverlap >= 2);
  expect((await skipped()).runningActions).toHaveLength(1);
  expect((await skipped()).numActionsTaken).toBe(1);
  expect(await schedules.ensure(wanted)).toBe('unchanged');
  await schedules.remove(wanted.connectionId);
});

test('a schedule whose maker died before its first run is given one', async () => {
  const wanted = {
    tenantId: newId('tenant'),
    connectionId: newId('connection'),
    intervalS: 900,
    pausedNote: 'held',
  };
  const schedules = createSchedules(temporal.client);
  await schedules.ensure(wanted);
  const handle = temporal.client.schedule.getHandle(syncScheduleId(wanted.connectionId));
  await handle.update((found) => ({ ...found, state: { ...found.state, paused: false, note: 'syncing' } }));
  expect(await schedules.ensure({ ...wanted, pausedNote: null })).toBe('unchanged');
  await until('its first run', async () => (await handle.describe()).info.numActionsTaken === 1);
  await schedules.remove(wanted.connectionId);
});
