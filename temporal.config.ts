// Temporal's settings, for every process that speaks to it. Reads the environment (by @temporalio/envconfig), so workflows never import it.
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { type ClientConnectConfig, loadClientConnectConfig } from '@temporalio/envconfig';

export { TASK_QUEUES } from './workflows/messages.ts';

/** What operators filter connections by in Temporal's UI. Registered by the set-up on any cluster; never a secret, never personal. */
export const SEARCH_ATTRIBUTES = {
  TenantId: defineSearchAttributeKey('TenantId', SearchAttributeType.KEYWORD),
  Platform: defineSearchAttributeKey('Platform', SearchAttributeType.KEYWORD),
  ConnectionState: defineSearchAttributeKey('ConnectionState', SearchAttributeType.KEYWORD),
  ReauthReason: defineSearchAttributeKey('ReauthReason', SearchAttributeType.KEYWORD),
  CredentialExpiresAt: defineSearchAttributeKey('CredentialExpiresAt', SearchAttributeType.DATETIME),
} as const;

export interface TemporalSettings {
  readonly connection: ClientConnectConfig['connectionOptions'];
  readonly address: string;
  readonly namespace: string;
}

/** TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, TEMPORAL_TLS_…, TEMPORAL_PROFILE and the config file, as Temporal documents them. */
export function temporalSettings(env: Readonly<Record<string, string | undefined>>): TemporalSettings {
  const config = loadClientConnectConfig({ overrideEnvVars: definedOnly(env) });
  return {
    connection: config.connectionOptions,
    address: config.connectionOptions.address ?? 'localhost:7233',
    namespace: config.namespace ?? 'default',
  };
}

function definedOnly(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
