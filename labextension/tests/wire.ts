/** The fixture that the Python tests check, too: one of each thing that crosses the wire. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Wire {
  readonly rest: Record<string, { readonly body: unknown }>;
  readonly socket: Record<string, unknown>;
  readonly mime: Record<string, unknown>;
  readonly statuses: readonly string[];
}

export const wire = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../tests/fixtures/wire.json'), 'utf-8')
) as Wire;
