// The plan of a fleet run: which connections it takes, in which order, and why it leaves others alone, written in one statement so that the
// plan is of one moment. Changes no connection.
import type { ConnectionId, FleetRunId, TenantId } from '../domain/ids.ts';
import { appendAuditBySql } from './audit.ts';
import type { Sql } from './database.ts';

/** Which connections a run is about at all; ended ones never. */
export interface FleetScope {
  readonly tenantId: TenantId | null;
  readonly platform: string | null;
  readonly registrationId: string | null;
  readonly connectionIds: readonly string[] | null;
  readonly credentialKind: string | null;
  /** approved before */
  readonly grantedBefore: Date | null;
}

/** What makes a connection one to work on. */
export type FleetGoal =
  | { readonly kind: 'token_upgrade'; readonly from: string; readonly to: string }
  | { readonly kind: 'secret_rotation'; readonly version: number; readonly renewable: readonly string[] }
  | { readonly kind: 'api_version'; readonly version: string }
  | { readonly kind: 'revocation' };

/** SQL over `n` (connections) and `c` (its newest credential): the reason to skip, or null. */
const REASONS: { readonly [K in FleetGoal['kind']]: string } = {
  token_upgrade: `WHEN c.kind = $8::jsonb->>'to' THEN 'already_upgraded' WHEN c.kind IS DISTINCT FROM $8::jsonb->>'from' THEN 'other_kind'`,
  secret_rotation: `WHEN NOT ($8::jsonb->'renewable') ? coalesce(c.kind, '') THEN 'not_renewable'
    WHEN c.registration_version >= ($8::jsonb->>'version')::int THEN 'already_current'`,
  api_version: `WHEN n.api_version = $8::jsonb->>'version' THEN 'already_current'`,
  revocation: '',
};

/** A credential is revoked whatever state it is in; for the rest a connection must be in full health. */
const HEALTH = `WHEN n.generation = 0 THEN 'connecting' WHEN n.lifecycle = 'reauth_required' THEN 'reauth_required'`;

/** A run holds what it has not settled, until it ends; one that is a plan alone holds nothing. */
const HELD = `i.outcome = 'pending' AND r.status IN ('running', 'paused')`;
const IN_OTHER_RUN = `WHEN EXISTS (SELECT 1 FROM fleet_run_items AS i JOIN fleet_runs AS r ON r.id = i.fleet_run_id
  WHERE i.connection_id = n.id AND r.kind = $8::jsonb->>'kind' AND ${HELD}) THEN 'in_other_run'`;

/** Until this transaction ends no other run of the kind is begun: two plans of one moment would both take a connection. */
export async function awaitTurn(sql: Sql, { kind }: FleetGoal): Promise<void> {
  await sql.query(`SELECT pg_advisory_xact_lock(hashtextextended('fleet_runs ' || $1, 0))`, [kind]);
}

/** What is left out of the plan because another open run of the kind holds it is "in_other_run". A revocation waits for nobody. */
export async function planFleetRun(
  sql: Sql,
  run: { readonly id: FleetRunId; readonly canary: number },
  scope: FleetScope,
  goal: FleetGoal,
): Promise<void> {
  const isRevocation = goal.kind === 'revocation';
  await sql.query(
    `INSERT INTO fleet_run_items (fleet_run_id, position, connection_id, tenant_id, stage, outcome, code, generation_before, settled_at)
     SELECT $1, row_number() OVER (ORDER BY skip IS NOT NULL, id), id, tenant_id,
       CASE WHEN skip IS NOT NULL THEN NULL WHEN row_number() OVER (ORDER BY skip IS NOT NULL, id) <= $9 THEN 'canary' ELSE 'batch' END,
       CASE WHEN skip IS NULL THEN 'pending' ELSE 'skipped' END, skip, generation, CASE WHEN skip IS NULL THEN NULL ELSE now() END
     FROM (
       SELECT n.id, n.tenant_id, n.generation, CASE
         WHEN n.lifecycle = 'revoking' OR n.fenced_at IS NOT NULL THEN 'revoking'
         ${isRevocation ? '' : HEALTH}
         ${REASONS[goal.kind]}
         ${isRevocation ? '' : `WHEN n.health = 'degraded' THEN 'degraded' ${IN_OTHER_RUN}`}
         ELSE NULL END AS skip
       FROM connections AS n LEFT JOIN credentials AS c ON c.connection_id = n.id AND c.generation = n.generation
       WHERE n.lifecycle NOT IN ('revoked', 'abandoned') AND ($2::text IS NULL OR n.tenant_id = $2)
         AND ($3::text IS NULL OR n.platform = $3) AND ($4::text IS NULL OR n.registration_id = $4)
         AND ($5::text[] IS NULL OR n.id = ANY ($5)) AND ($6::text IS NULL OR c.kind = $6)
         AND ($7::timestamptz IS NULL OR ${GRANTED_AT} < $7) AND $8::jsonb IS NOT NULL
     ) AS found`,
    [
      run.id,
      scope.tenantId,
      scope.platform,
      scope.registrationId,
      scope.connectionIds,
      scope.credentialKind,
      scope.grantedBefore,
      JSON.stringify(goal),
      run.canary,
    ],
  );
}

/** The open runs that hold all that a plan would have taken; none where it has something to work, or nothing was held. */
export async function listHolders(
  sql: Sql,
  id: FleetRunId,
): Promise<readonly { readonly id: string; readonly tenantId: string | null }[]> {
  const { rows } = await sql.query<{ id: string; tenantId: string | null }>(
    `SELECT DISTINCT r.id, r.tenant_id AS "tenantId" FROM fleet_run_items AS own
       JOIN fleet_runs AS mine ON mine.id = own.fleet_run_id
       JOIN fleet_run_items AS i ON i.connection_id = own.connection_id
       JOIN fleet_runs AS r ON r.id = i.fleet_run_id AND r.kind = mine.kind
     WHERE own.fleet_run_id = $1 AND own.code = 'in_other_run' AND ${HELD}
       AND NOT EXISTS (SELECT 1 FROM fleet_run_items WHERE fleet_run_id = $1 AND outcome = 'pending')
     ORDER BY r.id LIMIT 10`,
    [id],
  );
  return rows;
}

/** When the merchant approved: what the credential goes back to, however often it was renewed. */
const GRANTED_AT = `coalesce((SELECT max(a.settled_at) FROM authorizations AS a WHERE a.connection_id = n.id AND a.status = 'authorized'), c.created_at)`;

/** How many connections of the scope are on the old form now, whatever the plan was. */
export async function countOnOldForm(
  sql: Sql,
  scope: Pick<FleetScope, 'tenantId' | 'platform' | 'registrationId'>,
  goal: FleetGoal,
): Promise<number> {
  if (goal.kind === 'revocation') return 0;
  const { rows } = await sql.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM connections AS n LEFT JOIN credentials AS c ON c.connection_id = n.id AND c.generation = n.generation
     WHERE n.lifecycle NOT IN ('revoked', 'abandoned', 'connecting') AND ($1::text IS NULL OR n.tenant_id = $1)
       AND ($2::text IS NULL OR n.platform = $2) AND ($3::text IS NULL OR n.registration_id = $3) AND ${OLD_FORM[goal.kind]}`,
    [scope.tenantId, scope.platform, scope.registrationId, JSON.stringify(goal)],
  );
  return rows[0]?.n ?? 0;
}

const OLD_FORM: { readonly [K in Exclude<FleetGoal['kind'], 'revocation'>]: string } = {
  token_upgrade: `c.kind = $4::jsonb->>'from'`,
  secret_rotation: `($4::jsonb->'renewable') ? coalesce(c.kind, '') AND coalesce(c.registration_version, 0) < ($4::jsonb->>'version')::int`,
  api_version: `n.api_version IS DISTINCT FROM $4::jsonb->>'version'`,
};

/** Puts up the fence of every connection a run will work on, each with its audit row. No job uses any of them from this commit on. */
export async function fenceFleet(
  sql: Sql,
  id: FleetRunId,
  by: { readonly actor: string; readonly atMs: number },
): Promise<void> {
  const { rows } = await sql.query<{ connection_id: ConnectionId; tenant_id: TenantId }>(
    `SELECT connection_id, tenant_id FROM fleet_run_items WHERE fleet_run_id = $1 AND outcome = 'pending' ORDER BY connection_id`,
    [id],
  );
  for (const row of rows) {
    await appendAuditBySql(sql, {
      tenantId: row.tenant_id,
      actor: by.actor,
      action: 'connection.revocation_requested',
      target: row.connection_id,
      connectionId: row.connection_id,
      outcome: 'done',
      reason: id,
    });
  }
  await sql.query(
    `UPDATE connections SET fenced_at = coalesce(fenced_at, $2), updated_at = $2
     WHERE id IN (SELECT connection_id FROM fleet_run_items WHERE fleet_run_id = $1 AND outcome = 'pending')`,
    [id, new Date(by.atMs)],
  );
}
