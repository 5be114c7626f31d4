// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { decodeJob, type JobView, type LiveView } from '../../src/protocol';
import { mountCard, mountCircuit, mountResult, RESULT_MIME, type CardData } from '../../src/views';
import type { PartialCounts } from '../../src/views/bundle';
import { wire } from '../wire';

const result = wire.mime[RESULT_MIME];
const done = decodeJob({
  id: 'j1',
  status: 'DONE',
  created: 1,
  started: 2,
  ended: 3,
  name: 'bell',
  shots: 4096,
  backend: 'aer'
});
const now = 1000;

function job(changes: Partial<JobView>): JobView {
  return { ...done, status: 'RUNNING', ended: null, started: now - 2, ...changes };
}

function live(changes: Partial<LiveView>): LiveView {
  const nothing = { position: null, elapsed: null, expected: null, progress: null, backend: '', why: '', counts: null };
  return { id: 'j1', ...nothing, ...changes };
}

/** Counts so far: `distinct` outcomes, each seen once, and 0 with the rest of the shots. */
function counts(shots: number, distinct = 2): PartialCounts {
  const label = (value: number): string => value.toString(2).padStart(6, '0');
  const rare = Array.from({ length: distinct - 1 }, (_, i) => [label(i + 1), 1] as const);
  const outcomes = [[label(0), shots - rare.length] as const, ...rare];
  return { shots, total: 4096, distinct, registers: [['c', 6]], outcomes };
}

const place = document.createElement('div');
const get = <E extends HTMLElement = HTMLElement>(selector: string): E => place.querySelector<E>(selector)!;
const text = (selector: string): string => get(selector).textContent ?? '';

beforeEach(() => {
  vi.useFakeTimers({ now: now * 1000 });
});
afterEach(() => {
  vi.useRealTimers();
  place.replaceChildren();
});

describe('a card', () => {
  const online = (given: Partial<CardData>): CardData => ({ job: job({}), connection: 'online', ...given });

  it('says by word and sign where the job stands, and its place and times', () => {
    const card = mountCard(place, online({ job: job({ status: 'READY', started: null, position: 3, expected: 4.2 }) }));
    expect(text('.qmv-Card-state')).toBe('Queued');
    expect(get('.qmv-sign-wait')).not.toBeNull();
    expect(text('.qmv-Card-time')).toBe('number 3 in line · runs for about 4.2 s');
    card.update(online({ job: job({ expected: 12, why: 'it measures in the middle' }) }));
    expect(text('.qmv-Card-state')).toBe('Running');
    expect(text('.qmv-Card-time')).toBe('2.0 s, usually about 12 s');
    expect(text('.qmv-Card-where')).toBe('4,096 shots · aer — it measures in the middle');
    card.dispose();
  });

  it('has a clock of its own while the job runs', () => {
    const card = mountCard(place, online({}));
    vi.advanceTimersByTime(1000);
    expect(text('.qmv-Card-time')).toBe('3.0 s');
    card.dispose();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('says how else the job can be stopped, as long as it can', () => {
    const card = mountCard(place, online({}), { hint: 'Interrupting the cell cancels the job.' });
    expect(get('.qmv-Card').textContent).toContain('Interrupting the cell cancels the job.');
    card.update(online({ job: done }));
    expect(get('.qmv-Card').textContent).not.toContain('Interrupting');
    card.dispose();
  });

  it('measures by the server, whatever the clock of this machine says', () => {
    const card = mountCard(place, online({ job: job({ started: now + 500 }), live: live({ elapsed: 7 }) }));
    expect(text('.qmv-Card-time')).toBe('7.0 s');
    card.dispose();
  });

  it('shows a bar only where shots come in parts', () => {
    const card = mountCard(place, online({ job: job({ expected: 3 }) }));
    expect(get('.qmv-Card-shots').hidden).toBe(true);
    card.update(online({ live: live({ progress: 0.25 }) }));
    vi.advanceTimersByTime(100);
    expect(text('.qmv-Card-shots')).toBe('25.0 % of the points');
    expect(place.querySelector('.qmv-Histogram')).toBeNull();
    card.dispose();
  });

  it('grows its histogram as shots come, and keeps how the user sorted it', () => {
    const card = mountCard(place, online({}));
    for (const [shots, distinct] of [
      [1200, 20],
      [2400, 25]
    ]) {
      card.update(online({ live: live({ progress: shots / 4096, counts: counts(shots, distinct) }) }));
      vi.advanceTimersByTime(100);
      if (distinct === 20) {
        expect(text('tbody tr:last-child th')).toBe('4 others');
        get<HTMLButtonElement>('.qmv-Tools .qmv-Choice button').click(); // by value
      }
    }
    expect(text('.qmv-Card-shots')).toBe('2,400 of 4,096 shots');
    expect(get<HTMLProgressElement>('progress').value).toBeCloseTo(2400 / 4096);
    expect(text('tbody tr td:nth-child(3)')).toBe('2,376');
    expect(get('.qmv-Tools .qmv-Choice [aria-pressed="true"]').textContent).toBe('value');
    card.update(online({ job: done, result }));
    expect(get('.qmv-Card-shots').hidden).toBe(true);
    card.dispose();
  });

  it('never shows what is stale as live', () => {
    const card = mountCard(place, online({}), { cancel: () => Promise.resolve() });
    card.update(online({ connection: 'offline', trouble: 'The server does not answer.' }));
    vi.advanceTimersByTime(100);
    const time = text('.qmv-Card-time');
    expect(text('.qmv-Card-state')).toBe('Last known: Running');
    expect(text('.qmv-Card-trouble')).toContain('Offline. The server does not answer.');
    expect(get('.qmv-mod-cancel')).toHaveProperty('disabled', true);
    vi.advanceTimersByTime(5000);
    expect(text('.qmv-Card-time')).toBe(time);
    card.dispose();
  });

  it('draws at most ten times a second, and an end at once', () => {
    const card = mountCard(place, online({}));
    const times = new Set<string>();
    const seen: number[] = [];
    for (let i = 0; i < 100; i++) {
      card.update(online({ live: live({ counts: counts(1 + i) }) }));
      vi.advanceTimersByTime(10);
      const shown = text('.qmv-Card-shots');
      if (!times.has(shown)) {
        times.add(shown);
        seen.push(i);
      }
    }
    expect(seen.length).toBeLessThanOrEqual(12);
    card.update(online({ job: done }));
    expect(text('.qmv-Card-state')).toBe('Done');
    card.dispose();
  });

  it('cancels by its button, once, and says why where it cannot', async () => {
    const cancel = vi.fn(() => Promise.reject(new Error('the service does not answer')));
    const card = mountCard(place, online({}), { cancel });
    get('.qmv-mod-cancel').click();
    expect(get('.qmv-mod-cancel')).toHaveProperty('disabled', true);
    await vi.advanceTimersByTimeAsync(1);
    expect(cancel.mock.calls).toEqual([['j1']]);
    expect(text('.qmv-Card-trouble')).toBe('the service does not answer');
    expect(get('.qmv-mod-cancel')).toHaveProperty('disabled', false);
    card.dispose();
  });

  it('becomes the result when the job has ended, and offers to save it', () => {
    const save = vi.fn();
    const card = mountCard(place, online({}), { save });
    expect([...place.querySelectorAll('button')].every(one => one.hidden)).toBe(true);
    card.update(online({ job: done, result }));
    expect(place.querySelectorAll('tbody tr')).toHaveLength(2);
    expect(text('.qmv-Card-time')).toBe('took 1.0 s');
    [...place.querySelectorAll('button')].find(one => one.textContent === 'Save into notebook')!.click();
    expect(save).toHaveBeenCalledOnce();
    card.dispose();
  });

  it('shows an error as text, whatever it holds', () => {
    const error = '<img src=x onerror=alert(1)>';
    const card = mountCard(place, online({ job: { ...done, status: 'FAILED', error, name: error } }));
    expect(place.querySelector('img')).toBeNull();
    expect(text('.qmv-Card-error')).toBe(error);
    card.dispose();
  });
});

describe('a histogram', () => {
  const counts = (n: number, more = 0): unknown => ({
    headline: 'h',
    pubs: [
      {
        shape: [],
        shots: 1000,
        distinct: n + more,
        registers: [['c', 5]],
        outcomes: Array.from({ length: n }, (_, i) => [i.toString(2).padStart(5, '0'), n - i])
      }
    ]
  });

  it('is a table that says everything: label, count, probability, interval', () => {
    mountResult(place, result);
    const row = [...place.querySelectorAll('tbody tr')][0];
    expect([...row.children].map(cell => cell.textContent)).toEqual(['00', '', '2,035', '49.7 % (48.2 % – 51.2 %)']);
    expect(row.querySelector('th')!.scope).toBe('row');
    expect(place.querySelector('caption')!.textContent).toContain('4,096 shots');
  });

  it('is sorted and cut by its buttons', () => {
    mountResult(place, counts(32, 8));
    const press = (label: string): void =>
      [...place.querySelectorAll('button')].find(one => one.textContent === label)!.click();
    const labels = (): string[] => [...place.querySelectorAll('tbody th')].map(cell => cell.textContent ?? '');
    expect(labels()).toHaveLength(17);
    expect(labels()[16]).toBe('24 others');
    press('top 8');
    expect(labels()).toHaveLength(9);
    press('top 32');
    press('value');
    expect(labels().slice(0, 2)).toEqual(['00000', '00001']);
    expect(place.querySelectorAll('[aria-pressed="true"]')).toHaveLength(2);
  });

  it('leaves no tools where they would do nothing', () => {
    mountResult(place, counts(2));
    expect(place.querySelector('button')).toBeNull();
  });
});

describe('a state', () => {
  const floats = Float32Array.from([1, 0, 0, 0, Math.SQRT1_2, 0, 0, Math.SQRT1_2]);
  const states = [
    { num_qubits: 1, steps: ['start', 'h q0'], amplitudes: Buffer.from(floats.buffer).toString('base64') }
  ];

  it('is walked through gate by gate', () => {
    mountResult(place, { headline: 'state', pubs: [], states });
    expect(text('.qmv-Where')).toBe('1 / 1 · after h q0');
    expect(text('tbody')).toContain('π/2');
    get('[aria-label="previous gate"]').click();
    expect(text('.qmv-Where')).toBe('0 / 1 · start');
    expect(get('input').getAttribute('aria-valuetext')).toBe('start');
    [...place.querySelectorAll('button')].find(one => one.textContent === 'Bloch vectors')!.click();
    expect(text('figcaption')).toContain('(0.00, 0.00, 1.00)');
  });
});

describe('a circuit', () => {
  const gate = (qubit: number): object => ({
    name: 'h',
    label: 'H',
    qubits: [qubit],
    clbits: [],
    params: [],
    controls: 0
  });
  const many = {
    qubits: Array.from({ length: 10 }, (_, i) => `q[${i}]`),
    clbits: [],
    layers: Array.from({ length: 200 }, () => Array.from({ length: 10 }, (_, i) => gate(i))),
    truncated: 10,
    operations: 2010
  };

  it('draws only what is visible, and says what it left out', () => {
    const view = mountCircuit(place, many);
    expect(place.querySelectorAll('.qmv-Gate').length).toBeLessThan(600);
    expect(text('.qmv-Note')).toBe('Drawn are the first 2,000 of 2,010 operations.');
    expect(text('.qmv-Tools')).toContain('10 qubits · 2,010 operations · depth 200');
    view.dispose();
    expect(place.childElementCount).toBe(0);
  });

  it('that cannot be read says so', () => {
    mountCircuit(place, { nonsense: true });
    expect(text('.qmv-Note')).toBe('This circuit cannot be drawn.');
  });

  it('of everything that the server sends is drawn', () => {
    mountCircuit(place, wire.rest.draw.body);
    expect([...place.querySelectorAll('.qmv-Gate')]).toHaveLength(9);
    expect(place.querySelectorAll('.qmv-Target').length).toBeGreaterThan(0);
    expect(text('.qmv-Canvas')).toContain('RZ(π/2)');
  });
});

describe('a group of runs', () => {
  it('on several backends: a bar of each colour for every outcome, the numbers, and the distances', () => {
    const element = document.createElement('div');
    const rows = [
      [
        '00',
        [
          [0.5, 0.48, 0.52],
          [0.4, 0.38, 0.42]
        ],
        false
      ],
      [
        '3 others',
        [
          [0.5, 0.5, 0.5],
          [0.6, 0.6, 0.6]
        ],
        true
      ]
    ];
    const distances = { head: ['against aer', 'distance'], rows: [['ibm-stub:manila', '0.1']], total: 1, note: 'n' };
    mountResult(element, { headline: 'x', pubs: [{ laid: { labels: ['aer', 'ibm-stub:manila'], rows, distances } }] });
    expect(element.querySelectorAll('.qmv-BarFill')).toHaveLength(4);
    expect(element.querySelectorAll('.qmv-Whisker')).toHaveLength(2);
    expect(element.textContent).toContain('50.0 %');
    expect(element.textContent).toContain('against aer');
    expect(element.querySelector('[title]')).toBeNull();
  });

  it('of one backend: a dot for each run at its distance from the mean', () => {
    const element = document.createElement('div');
    const outcomes = [['0', 0.5, 0.1, 0.05, [0.4, 0.6]]];
    mountResult(element, { headline: 'x', pubs: [{ scattered: { outcomes, left_out: 0, note: '' } }] });
    const dots = [...element.querySelectorAll<HTMLElement>('.qmv-RunDot')].map(dot => parseFloat(dot.style.left));
    expect(dots[0] + dots[1]).toBeCloseTo(100);
    expect(dots[1]).toBeGreaterThan(95);
  });
});
