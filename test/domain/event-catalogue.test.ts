// The catalogue holds what the code writes: every type that is written is in it, and what is written has the form that it says.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  EVENT_KINDS,
  type EventType,
  isEventType,
  messageExample,
  messageSchema,
  RECORDS_CHANGED,
  TEST_EVENT,
} from '../../domain/event-catalogue.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDERS = ['activities', 'http', 'store', 'deliveries', 'worker', 'egress'];
const TYPES = Object.keys(EVENT_KINDS).filter(isEventType);
/** Names that stand for a type. */
const CONSTANTS: Readonly<Record<string, EventType>> = { TEST_EVENT, RECORDS_CHANGED };

/** Every text that may become the type of an event: in the calls that append one, and in the outbox of a transition. */
function typesWritten(file: string): string[] {
  const source = ts.createSourceFile(
    file,
    readFileSync(join(ROOT, file), 'utf8'),
    ts.ScriptTarget.ESNext,
    true,
  );
  const found: string[] = [];
  const textsIn = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) && /^[a-z_]+\.[a-z_]+$/.test(node.text)) found.push(node.text);
    if (ts.isIdentifier(node) && node.text in CONSTANTS) found.push(CONSTANTS[node.text] ?? '');
    ts.forEachChild(node, textsIn);
  };
  const visit = (node: ts.Node): void => {
    const isAppend =
      ts.isCallExpression(node) && /^appendEvent(BySql)?$/.test(node.expression.getText(source));
    if (isAppend)
      for (const argument of node.arguments)
        if (ts.isObjectLiteralExpression(argument))
          for (const property of argument.properties)
            if (ts.isPropertyAssignment(property) && property.name.getText(source) === 'type')
              textsIn(property.initializer);
    // Handed through a function: its parameter says which.
    if (ts.isParameter(node) && node.name.getText(source) === 'type' && node.type !== undefined)
      textsIn(node.type);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

describe('the catalogue of events', () => {
  test('knows every type that is written, and no other', () => {
    const written = FOLDERS.flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts') && !file.includes('generated'))
        .flatMap((file) => typesWritten(`${folder}/${file}`)),
    );
    const consequences = readFileSync(join(ROOT, 'domain/connection-consequences.ts'), 'utf8');
    const lifecycle = [...consequences.matchAll(/'(connection\.[a-z_]+)'/g)].map(([, type]) => type ?? '');
    const states = TYPES.filter(
      (type) => 'from' in EVENT_KINDS[type].example && type !== 'connection.credential_upgraded',
    );
    expect([...new Set([...written, ...lifecycle, ...states])].sort()).toEqual([...TYPES].sort());
    expect(written.length).toBeGreaterThan(8);
  });

  test.each(TYPES)('%s: the example has the form, a lesser one has not', (type) => {
    const form = z.fromJSONSchema(messageSchema(type));
    const example = messageExample(type);
    expect(form.safeParse(example).error).toBeUndefined();
    expect(form.safeParse({ ...example, data: {} }).success).toBe(false);
    expect(form.safeParse({ ...example, type: 'another.type' }).success).toBe(false);
  });
});
