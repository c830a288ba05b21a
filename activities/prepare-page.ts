// From a platform's items to records ready to be written: mapped, hashed, serialised once. Pure but for the digest. An item that does not
// map is set aside with its reason and never stops the others; its values go into no reason.
import { hash } from 'node:crypto';
import { MooringError } from '../domain/errors.ts';
import type { Json, PassContext, ResourceDefinition } from '../domain/platform.ts';
import type { UnifiedRecord } from '../domain/resource.ts';
import type { PreparedRecord } from '../store/records.ts';
import { type SetAsideItem, UNIDENTIFIED } from '../store/set-aside.ts';

export interface PreparedItems {
  /** No id twice: the last one told holds. */
  readonly records: readonly PreparedRecord[];
  readonly setAside: readonly SetAsideItem[];
  /** Every id told, mapped or not. */
  readonly ids: readonly string[];
}

export function prepareItems(
  definition: ResourceDefinition,
  pass: PassContext,
  items: readonly Json[],
): PreparedItems {
  const records = new Map<string, PreparedRecord>();
  const setAside = new Map<string, SetAsideItem>();
  for (const item of items) {
    try {
      // All records of an item or none: half an item would look like deletions.
      const prepared = definition.map(item, pass).map((record) => prepareRecord(definition, record));
      for (const record of prepared) records.set(record.id, record);
    } catch (error) {
      const aside = asideOf(definition, item, error);
      setAside.set(aside.id, aside);
    }
  }
  const ids = [...records.keys(), ...[...setAside.keys()].filter((id) => !id.startsWith(UNIDENTIFIED))];
  return { records: [...records.values()], setAside: [...setAside.values()], ids };
}

function prepareRecord(definition: ResourceDefinition, record: UnifiedRecord): PreparedRecord {
  const { platformId, platformUpdatedAt } = record;
  if (platformId === '' || platformId.length > 512 || platformId.includes('\0'))
    throw invalid('/platformId', 'is not an id');
  if (platformUpdatedAt !== null && Number.isNaN(Date.parse(platformUpdatedAt)))
    throw invalid('/platformUpdatedAt', 'is not an instant');
  const json = storableJson(record);
  return { id: platformId, hash: hashOf(definition.mapperVersion, json), json, updatedAt: platformUpdatedAt };
}

/** 128 bits of SHA-256 in the form of a uuid: half the size of text, compared in one step. */
function hashOf(mapperVersion: number, json: string): string {
  return hash('sha256', `${mapperVersion}\n${json}`, 'hex').slice(0, 32);
}

/** PostgreSQL's jsonb takes neither NUL nor half a surrogate pair: both are dropped from texts that hold one. */
function storableJson(record: UnifiedRecord): string {
  const json = JSON.stringify(record);
  // Looking for the escape alone is six times as fast as for the two that matter.
  if (!json.includes('\\u') || !/\\u(?:0000|d[89a-f])/i.test(json)) return json;
  return JSON.stringify(record, (_, value: unknown) =>
    typeof value === 'string' ? value.replaceAll('\0', '').replace(LONE_SURROGATE, '\ufffd') : value,
  );
}

const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

function asideOf(definition: ResourceDefinition, item: Json, error: unknown): SetAsideItem {
  const known = error instanceof MooringError && error.code === 'record_invalid' ? error : null;
  return {
    id: idOf(definition, item),
    reason: known?.message ?? 'the mapper does not take this record',
    path: known?.fields[0]?.path ?? null,
  };
}

function idOf(definition: ResourceDefinition, item: Json): string {
  try {
    const id = definition.idOf(item);
    if (id !== null && id !== '' && id.length <= 512 && !id.includes('\0')) return id;
  } catch {
    // An item too broken to name itself is named by its digest below.
  }
  return UNIDENTIFIED + hash('sha256', JSON.stringify(item), 'hex').slice(0, 32);
}

function invalid(path: string, rule: string): MooringError {
  return new MooringError('record_invalid', `"${path}" ${rule}`, { fields: [{ path, rule }] });
}
