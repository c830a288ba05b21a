// Asks a person before something that cannot be taken back. Without a terminal nobody can be asked, and nothing is done.
import { createInterface } from 'node:readline/promises';

export async function isConfirmed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new Error('Nobody can be asked here: give --yes.');
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await lines.question(`${question} Type yes: `)).trim() === 'yes';
  } finally {
    lines.close();
  }
}
