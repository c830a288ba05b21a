// What a connection lived through, newest first, and the records that could not be mapped.
import { Badge, Card, Columns, Reading, When } from './parts.tsx';
import type { SetAside, TimelineEntry } from './reads.ts';
import { spoken } from './words.ts';

export function TimelineCard({ entries }: { entries: readonly TimelineEntry[] | null }) {
  return (
    <Card title="Timeline">
      {entries === null ? (
        <Reading />
      ) : entries.length === 0 ? (
        <p class="soft">Nothing happened yet.</p>
      ) : (
        <ol class="timeline">
          {entries.map(({ seq, event, from, to, at }) => (
            <li key={seq}>
              <p>
                <b>{spoken(event.type)}</b> <When at={at} />
              </p>
              {from !== to && (
                <p class="soft">
                  {spoken(from)} → <Badge value={to} />
                </p>
              )}
            </li>
          ))}
        </ol>
      )}
    </Card>
  );
}

export function SetAsideCard({ items }: { items: readonly SetAside[] }) {
  return (
    <Card title="Set aside">
      <p class="soft">
        Records that could not be mapped. The others go on; each is tried again when it changes.
      </p>
      <div class="scroll">
        <table class="stacked">
          <Columns of={['Record', 'Why', 'Where', 'When']} />
          <tbody>
            {items.map(({ resource, platformId, reason, path, at }) => (
              <tr key={`${resource}/${platformId}`}>
                <th scope="row">
                  {spoken(resource)} <code>{platformId}</code>
                </th>
                <td data-label="Why">{reason}</td>
                <td data-label="Where">{path === null ? '–' : <code>{path}</code>}</td>
                <td data-label="When">
                  <When at={at} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
