// What ends when: kept deadlines, and those that follow from platforms' data over the connections there are. One query says both, so that
// what is shown and what is warned of cannot differ.
import type { TenantId } from '../domain/ids.ts';
import type { Tx } from './database.ts';
import { Prisma } from './generated/client.ts';

/** As the platforms' data give them. */
export interface RuleRow {
  readonly platform: string;
  readonly kind: string;
  readonly subject: string;
  readonly note: string;
  readonly at: string | null;
  readonly afterS: number | null;
  readonly credentialKind: string | null;
}

export interface CalendarRow {
  readonly at: Date;
  readonly kind: string;
  readonly subject: string;
  readonly tenantId: TenantId | null;
  readonly platform: string | null;
  readonly connections: number;
  readonly note: string | null;
}

export interface CalendarPage {
  readonly rules: readonly RuleRow[];
  readonly tenantId: TenantId | null;
  readonly kind: string | null;
  readonly from: Date;
  readonly until: Date;
  readonly after: { readonly at: Date; readonly kind: string; readonly subject: string } | null;
  readonly limit: number;
}

/** What comes next, earliest first. What touches several tenants is one entry. */
export async function listCalendar(tx: Tx, page: CalendarPage): Promise<CalendarRow[]> {
  const { tenantId, kind, from, until, after, limit } = page;
  return tx.$queryRaw<CalendarRow[]>`
    WITH ${entries(page.rules)}, shown AS (
      SELECT at, kind, subject, CASE WHEN count(DISTINCT tenant_id) = 1 THEN min(tenant_id) END AS "tenantId", platform,
        sum(connections)::int AS connections, note
      FROM entries WHERE (${tenantId}::text IS NULL OR tenant_id = ${tenantId}) AND (${kind}::text IS NULL OR kind = ${kind})
        AND at >= ${from} AND at <= ${until}
      GROUP BY at, kind, subject, platform, note)
    SELECT * FROM shown
    WHERE ${after === null ? null : after.at}::timestamptz IS NULL
      OR (at, kind, subject) > (${after?.at ?? null}::timestamptz, ${after?.kind ?? ''}, ${after?.subject ?? ''})
    ORDER BY at, kind, subject LIMIT ${limit}`;
}

export interface DueWarning extends CalendarRow {
  readonly tenantId: TenantId;
  /** the step that was reached: 30, 7, 3 or 1 */
  readonly days: number;
}

/**
 * Takes the warnings that are due and were not given, each once: 30, 7 and 1 days ahead; a refresh token, which moves with every renewal,
 * 3 and 1. Run across tenants.
 */
export async function takeDueWarnings(
  tx: Tx,
  of: { readonly rules: readonly RuleRow[]; readonly now: Date; readonly limit: number },
): Promise<DueWarning[]> {
  const { rules, now, limit } = of;
  await tx.$executeRaw`DELETE FROM calendar_warnings WHERE at < ${now}::timestamptz - interval '30 days'`;
  return tx.$queryRaw<DueWarning[]>`
    WITH ${entries(rules)}, due AS (
      SELECT e.*, CASE WHEN at <= ${now}::timestamptz + interval '1 day' THEN 1 WHEN kind = 'refresh_token' THEN 3
        WHEN at <= ${now}::timestamptz + interval '7 days' THEN 7 ELSE 30 END AS days
      FROM entries AS e WHERE at > ${now}::timestamptz
        AND at <= ${now}::timestamptz + CASE WHEN kind = 'refresh_token' THEN interval '3 days' ELSE interval '30 days' END),
    fresh AS (
      SELECT d.* FROM due AS d WHERE NOT EXISTS (SELECT FROM calendar_warnings AS w WHERE w.tenant_id = d.tenant_id
        AND w.kind = d.kind AND w.subject = d.subject AND w.at = d.at AND w.days <= d.days)
      ORDER BY d.at LIMIT ${limit}),
    given AS (
      INSERT INTO calendar_warnings (tenant_id, kind, subject, at, days) SELECT tenant_id, kind, subject, at, days FROM fresh
      ON CONFLICT DO NOTHING RETURNING tenant_id, kind, subject, at)
    SELECT f.at, f.kind, f.subject, f.tenant_id AS "tenantId", f.platform, f.connections, f.note, f.days
    FROM fresh AS f JOIN given AS g USING (tenant_id, kind, subject, at) ORDER BY f.tenant_id, f.at`;
}

/** A row a tenant and date. A connection that has ended, or waits for an approval, has no dates any more. */
function entries(rules: readonly RuleRow[]): Prisma.Sql {
  return Prisma.sql`
    rules AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(rules)}::jsonb)
        AS r(platform text, kind text, subject text, note text, at timestamptz, "afterS" bigint, "credentialKind" text)),
    live AS (
      SELECT n.id, n.tenant_id, n.platform, n.registration_id, c.kind AS credential_kind, c.created_at AS issued_at,
        coalesce((SELECT max(a.settled_at) FROM authorizations AS a WHERE a.connection_id = n.id AND a.status = 'authorized'), c.created_at) AS granted_at
      FROM connections AS n JOIN credentials AS c ON c.connection_id = n.id AND c.generation = n.generation WHERE n.lifecycle = 'active'),
    entries AS (
      SELECT d.at, d.kind, d.subject, l.tenant_id, l.platform, 1 AS connections, d.note
      FROM deadlines AS d JOIN live AS l ON l.id = d.subject
      UNION ALL
      SELECT d.at, d.kind, d.subject, l.tenant_id, l.platform, count(*)::int, d.note
      FROM deadlines AS d JOIN live AS l ON l.registration_id = d.subject GROUP BY 1, 2, 3, 4, 5, 7
      UNION ALL
      SELECT r.at, r.kind, r.subject, l.tenant_id, r.platform, count(*)::int, r.note
      FROM rules AS r JOIN live AS l ON l.platform = r.platform AND (r."credentialKind" IS NULL OR l.credential_kind = r."credentialKind")
      WHERE r.at IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 7
      UNION ALL
      SELECT CASE r.kind WHEN 'consent' THEN l.granted_at ELSE l.issued_at END + r."afterS" * interval '1 second', r.kind, l.id, l.tenant_id,
        l.platform, 1, r.note
      FROM rules AS r JOIN live AS l ON l.platform = r.platform WHERE r.kind IN ('consent', 'credential')
      UNION ALL
      SELECT s.created_at + r."afterS" * interval '1 second', r.kind, g.id, l.tenant_id, g.platform, count(*)::int, r.note
      FROM rules AS r JOIN client_registrations AS g ON g.platform = r.platform AND g.status = 'active'
      JOIN client_secrets AS s ON s.registration_id = g.id AND s.version = g.version
      JOIN live AS l ON l.registration_id = g.id WHERE r.kind = 'client_secret' GROUP BY 1, 2, 3, 4, 5, 7)`;
}
