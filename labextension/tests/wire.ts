/** The fixture that the Python tests check, too: one of each thing that crosses the wire. */

import { readFileSync } from 'node:fs';

interface Wire {
  readonly rest: Record<string, { readonly body: unknown }>;
  readonly socket: Record<string, unknown>;
  readonly mime: Record<string, unknown>;
  readonly statuses: readonly string[];
}

export const wire = JSON.parse(
  readFileSync(new URL('../../tests/fixtures/wire.json', import.meta.url), 'utf-8')
) as Wire;
