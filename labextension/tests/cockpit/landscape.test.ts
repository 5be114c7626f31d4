// @vitest-environment jsdom
import { describe, expect, it, vi } from 'vitest';
import { Landscape, place, planeOf } from '../../src/cockpit/landscape';
import { readAnswer, unread } from '../../src/cockpit/read';
import { Track } from '../../src/cockpit/track';
import { ENGLISH } from '../../src/views/view';

/** A grid of `size` squared points around (1, 0, 0), along the second and the third parameter, of which `done` are there. */
function land(size: number, done: number): Track {
  const iteration = Array.from({ length: done }, (_, i) => i + 1);
  const none = iteration.map(() => null);
  const zero = iteration.map(() => 0);
  const middle = (size - 1) / 2;
  return new Track(
    readAnswer({
      id: 'land',
      state: { phase: done < size * size ? 'running' : 'ended', maxiter: size * size + 1 },
      rows: {
        iteration,
        evaluations: iteration,
        shots: zero,
        seconds: zero,
        value: iteration,
        std: zero,
        gradient_norm: none,
        step: none
      },
      points: iteration.map((_, i) => [1, 0.5 * ((i % size) - middle), 2 * (Math.floor(i / size) - middle)])
    })
  );
}

describe('a landscape', () => {
  it('knows its plane as soon as its second row begins, and where a point lies in it', () => {
    expect(planeOf(land(5, 5), 5)).toBeNull();
    const plane = planeOf(land(5, 6), 5)!;
    expect(plane.reach).toBeCloseTo(2);
    expect(place(plane, [1, 0, 0])).toEqual([2, 2]);
    expect(place(plane, [7, 0.5, -2])).toEqual([3, 1]); // what is at right angles to the plane does not count
  });

  it('draws what is there, can be cancelled until it is complete, and says which point it would be around', () => {
    const ended = vi.fn(() => Promise.resolve());
    const view = new Landscape({ landscape: () => Promise.resolve(), endLandscape: ended }, ENGLISH);
    const loop = new Track({ ...unread('loop', ''), points: { iteration: [1], x: [[1, 0, 0]] } });
    loop.columns.iteration.push(7);
    const [compute, cancel] = [...view.node.querySelectorAll('button')];
    view.draw(land(5, 7), loop, 0, true);
    expect(view.node.querySelectorAll('rect')).toHaveLength(7);
    expect(compute.textContent).toBe('Compute around iteration 7');
    expect(compute.disabled).toBe(true);
    expect(view.node.textContent).toContain('7 of 25 points');
    cancel.click();
    expect(ended).toHaveBeenCalledOnce();
    view.draw(land(5, 25), loop, 3, true);
    expect(view.node.querySelectorAll('rect')).toHaveLength(25);
    expect(cancel.hidden).toBe(true);
    expect(compute.textContent).toBe('Compute around iteration 3');
    expect(view.node.querySelector('polyline')!.getAttribute('points')).toBe('150.0,150.0');
  });
});
