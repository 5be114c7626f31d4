/** Every view with real data, for people to look at. Not shipped. `node gallery/look.mjs` builds it, `look.py` photographs it. */

import data from './data.json';
import { mountCard, mountCircuit, mountResult, type CardData } from '../src/views';
import { decodeJob, type JobView } from '../src/protocol';

type Show = (place: HTMLElement) => void;

const now = Date.now() / 1000;
const job = (changes: object): JobView =>
  decodeJob({ ...data.job, headline: '', ended: null, started: null, ...changes });
const running = job({
  status: 'RUNNING',
  started: now - 3.4,
  expected: 12,
  why: 'its final state gives all counts',
  name: 'bell',
  backend: 'statevector'
});
const card =
  (changes: Partial<CardData>): Show =>
  place => {
    mountCard(
      place,
      { job: running, connection: 'online', ...changes },
      { cancel: () => Promise.resolve(), save: () => undefined }
    );
  };
const result =
  (name: string): Show =>
  place =>
    void mountResult(place, (data as Record<string, unknown>)[name]);
const circuit =
  (name: string): Show =>
  place =>
    void mountCircuit(place, (data.circuits as Record<string, unknown>)[name]);
const partial = {
  shots: 1300,
  distinct: 4,
  registers: [['c', 2]] as [string, number][],
  outcomes: [
    ['00', 610],
    ['01', 22],
    ['10', 30],
    ['11', 638]
  ] as [string, number][]
};
const live = (changes: object) => ({
  id: running.id,
  position: null,
  elapsed: 3.4,
  expected: 12,
  progress: null,
  backend: '',
  why: '',
  ...changes
});
const long =
  'a very long name of a job that somebody chose because it explains everything about the experiment_with_one_unbroken_word_of_eighty_characters_that_has_to_wrap_somewhere';

const SHOWS: Record<string, Record<string, Show>> = {
  cards: {
    queued: card({ job: job({ status: 'READY', position: 3, expected: 4.2, backend: 'auto' }) }),
    'next in line': card({ job: job({ status: 'READY', position: 1, name: '', backend: 'auto' }) }),
    running: card({}),
    'shots in parts': card({
      live: live({ progress: 0.325 }),
      job: { ...running, shots: 4000, backend: 'aer', why: 'measures in the middle, so each shot is run' },
      partial
    }),
    'being cancelled': card({ job: { ...running, status: 'CANCELLING' } }),
    cancelled: card({ job: job({ status: 'CANCELLED', started: now - 9, ended: now - 3 }) }),
    failed: card({
      job: job({
        status: 'FAILED',
        started: now - 2,
        ended: now - 1,
        error:
          "statevector needs one final state, but the circuit is not unitary up to its measurements: it resets qubit 3 after using it; use backend 'aer' (or 'auto')"
      })
    }),
    'done, result': card({ job: decodeJob(data.job), result: data.bell }),
    'done, no result yet': card({ job: decodeJob(data.job) }),
    offline: card({ connection: 'offline', trouble: 'The Jupyter server does not answer.' }),
    'from the notebook': card({ connection: 'stored' }),
    'long name': card({ job: { ...running, name: long, tags: [] } })
  },
  counts: Object.fromEntries(
    ['bell', 'registers', '1024 outcomes', '40 bits', 'overlay ideal', 'overlay run', 'many'].map(n => [n, result(n)])
  ),
  values: Object.fromEntries(
    ['values exact', 'values shots', 'sweep exact', 'sweep shots', 'sweep counts', 'grid'].map(n => [n, result(n)])
  ),
  states: Object.fromEntries(['state 1', 'state 3', 'state 5', 'state 8'].map(n => [n, result(n)])),
  bloch: Object.fromEntries(['state 3', 'state 8'].map(n => [n, tab(n, 1)])),
  density: Object.fromEntries(['state 1', 'state 3', 'state 5', 'state 8'].map(n => [n, tab(n, 2)])),
  circuits: Object.fromEntries(Object.keys(data.circuits).map(n => [n, circuit(n)]))
};

function tab(name: string, at: number): Show {
  return place => {
    result(name)(place);
    place.querySelectorAll<HTMLButtonElement>('.qmv-Choice button')[at].click();
  };
}

const query = new URLSearchParams(location.search);
const shows = SHOWS[query.get('show') ?? 'cards'];
document.body.dataset.jpThemeLight = query.get('theme') === 'dark' ? 'false' : 'true';
for (const [name, show] of Object.entries(shows)) {
  const box = document.createElement('div');
  const title = document.createElement('h3');
  title.textContent = name;
  const place = document.createElement('div');
  box.append(title, place);
  document.body.append(box);
  show(place);
}
