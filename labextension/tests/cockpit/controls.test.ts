// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { Controls, type Doors, type Settings } from '../../src/cockpit/controls';
import { figures } from '../../src/cockpit/figures';
import { LOOP_MIME, readStored } from '../../src/cockpit/read';
import { Track } from '../../src/cockpit/track';
import { ENGLISH } from '../../src/views/view';
import { wire } from '../wire';

const running = readStored(wire.mime[LOOP_MIME])!.state;

function made(doors: Doors): { controls: Controls; told: string[]; press: (label: string) => Promise<void> } {
  const told: string[] = [];
  const controls = new Controls(doors, trouble => told.push(trouble));
  controls.show({ state: running, ended: false, online: true, picked: 0 });
  const press = async (label: string): Promise<void> => {
    const all = [...controls.node.querySelectorAll('button')];
    all.find(one => !one.hidden && one.textContent === label)!.click();
    await Promise.resolve();
    await new Promise(resolve => setTimeout(resolve));
  };
  return { controls, told, press };
}

const labels = (controls: Controls): (string | null)[] =>
  [...controls.node.querySelectorAll<HTMLButtonElement>('.qmv-Loop-orders button')]
    .filter(one => !one.hidden)
    .map(one => one.textContent);

describe('the controls', () => {
  it('offer what can be done, and nothing at the end', () => {
    const { controls } = made({ order: () => Promise.resolve(1) });
    expect(labels(controls)).toEqual(['Pause', 'Step', 'Stop and keep best']);
    controls.show({ state: { ...running, phase: 'paused' }, ended: false, online: true, picked: 0 });
    expect(labels(controls)).toEqual(['Step', 'Resume', 'Stop and keep best']);
    controls.show({ state: running, ended: true, online: true, picked: 0 });
    expect(labels(controls)).toEqual([]);
  });

  it('say what is ordered until it is obeyed', async () => {
    const { controls, press } = made({ order: () => Promise.resolve(4) });
    await press('Pause');
    expect(controls.pending(3)).toBe('pausing…');
    expect(controls.pending(4)).toBe('');
  });

  it('send what was written, and show why it was refused', async () => {
    const sent: Settings[] = [];
    const { controls, told, press } = made({
      order: (_, settings) => {
        sent.push(settings);
        return Promise.reject(new Error('shots=0: expected 1 or more'));
      }
    });
    await press('Change from here on');
    expect(sent).toEqual([]);
    controls.node.querySelector('input')!.value = '4000';
    await press('Change from here on');
    expect(sent).toEqual([{ shots: 4000 }]);
    expect(told.at(-1)).toBe('shots=0: expected 1 or more');
  });

  it('fork from the iteration that was picked', async () => {
    const forked: number[] = [];
    const { controls, press } = made({
      fork: iteration => {
        forked.push(iteration);
        return Promise.resolve();
      }
    });
    expect(labels(controls)).toEqual([]);
    controls.show({ state: running, ended: true, online: true, picked: 17 });
    await press('Fork from iteration 17');
    expect(forked).toEqual([17]);
  });
});

describe('the figures', () => {
  it('call the value measured again the result, and the lowest one biased', () => {
    const found = Object.fromEntries(figures(new Track(readStored(wire.mime[`${LOOP_MIME}, ended`])!), ENGLISH));
    expect(found.Result).toBe('0.008 ± 0.016, measured again with 2,000 fresh shots');
    expect(found['Lowest seen']).toContain('biased');
    expect(found.Ended).toBe('stopped by the user');
  });

  it('say what was spent, and of how much, where anything can be', () => {
    const spent = (cost: number, budget: number | null): string | undefined => {
      const loop = readStored(wire.mime[LOOP_MIME])!;
      const track = new Track({ ...loop, state: { ...loop.state, cost, budget } });
      return Object.fromEntries(figures(track, ENGLISH)).Spent;
    };
    expect(readStored(wire.mime[LOOP_MIME])!.state).toMatchObject({ cost: 0.32, budget: 2 });
    expect([spent(0.32, 2), spent(0.32, null), spent(0.0032, null), spent(0, null)]).toEqual([
      '0.32 of 2.00 USD',
      '0.32 USD',
      '0.0032 USD',
      undefined
    ]);
  });
});
