/** What "save into notebook" stores: the end of a job as an output that needs neither kernel nor server. */

import type { JobDetail } from './protocol';
import { JOB_MIME, RESULT_MIME } from './views';

type Output = Record<string, string | Record<string, never>>;

/** Returns the output's data: the result in all the forms that the server has of it, or how the job ended. */
export function savedOutput(detail: JobDetail): Output {
  const { job, result, stored } = detail;
  if (result) {
    return { ...(stored as Output), [RESULT_MIME]: result as Record<string, never> };
  }
  const line = `job ${job.id}${job.name ? ` (${job.name})` : ''} · ${job.status.toLowerCase()} · ${job.backend}`;
  const text = [line, job.error || job.headline].filter(Boolean).join('\n');
  const escaped = text.replace(/[&<>"]/g, letter => `&#${letter.charCodeAt(0)};`);
  return {
    [JOB_MIME]: job as unknown as Record<string, never>,
    'text/plain': text,
    'text/html': `<pre>${escaped}</pre>`
  };
}
