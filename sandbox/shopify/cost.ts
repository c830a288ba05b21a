/**
 * What a query costs before it runs. The sandbox's documented model: a scalar and a value object (money, address, page
 * info, edge) cost 0, an object with an id 1, a mutation 10, a connection 2 plus `first` times what one of its nodes costs.
 */
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  getNamedType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import { schema } from './schema.ts';

export const MAX_QUERY_COST = 1_000;
export const MAX_PAGE_SIZE = 250;

export interface Cost {
  points: number;
  /** A rule of paging the query breaks, in the platform's words. */
  refusal: string | null;
}

interface Walk {
  fragments: Map<string, FragmentDefinitionNode>;
  variables: Record<string, unknown>;
  refusal: string | null;
}

export function costOf(document: DocumentNode, variables: Record<string, unknown>): Cost {
  const walk: Walk = { fragments: new Map(), variables, refusal: null };
  let points = 0;
  for (const part of document.definitions) {
    if (part.kind === Kind.FRAGMENT_DEFINITION) walk.fragments.set(part.name.value, part);
  }
  for (const part of document.definitions) {
    if (part.kind !== Kind.OPERATION_DEFINITION) continue;
    const root = part.operation === 'mutation' ? schema.getMutationType() : schema.getQueryType();
    points +=
      (part.operation === 'mutation' ? 10 : 0) + selectionCost(walk, part.selectionSet, root ?? undefined);
  }
  return { points, refusal: walk.refusal };
}

function selectionCost(
  walk: Walk,
  set: SelectionSetNode | undefined,
  type: GraphQLNamedType | undefined,
): number {
  let points = 0;
  for (const selection of set?.selections ?? []) {
    if (selection.kind === Kind.FIELD) points += fieldCost(walk, selection, type);
    else if (selection.kind === Kind.INLINE_FRAGMENT) {
      const on = selection.typeCondition?.name.value;
      points += selectionCost(walk, selection.selectionSet, on === undefined ? type : schema.getType(on));
    } else {
      const fragment = walk.fragments.get(selection.name.value);
      const on = fragment && schema.getType(fragment.typeCondition.name.value);
      points += selectionCost(walk, fragment?.selectionSet, on);
    }
  }
  return points;
}

function fieldCost(walk: Walk, field: FieldNode, parent: GraphQLNamedType | undefined): number {
  const definition = isObjectType(parent) ? parent.getFields()[field.name.value] : undefined;
  const type = definition && getNamedType(definition.type);
  if (type === undefined || field.selectionSet === undefined) return 0;
  const inside = selectionCost(walk, field.selectionSet, type);
  if (type.name.endsWith('Connection')) return 2 + pageSize(walk, field) * inside;
  return inside + (isObjectType(type) && type.getFields()['id'] !== undefined ? 1 : 0);
}

function pageSize(walk: Walk, field: FieldNode): number {
  const argument = field.arguments?.find((one) => one.name.value === 'first')?.value;
  const value =
    argument?.kind === Kind.VARIABLE
      ? walk.variables[argument.name.value]
      : argument?.kind === Kind.INT
        ? Number(argument.value)
        : undefined;
  const name = field.name.value;
  if (typeof value !== 'number') walk.refusal ??= `you must provide one of first or last for ${name}`;
  else if (value > MAX_PAGE_SIZE) walk.refusal ??= `${name} cannot be more than ${MAX_PAGE_SIZE}`;
  return typeof value === 'number' ? Math.max(0, value) : 0;
}
