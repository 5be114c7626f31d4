import { describe, expect, it } from 'vitest';
import { Selection } from '../src/selection';

function over(...order: string[]): Selection {
  const selection = new Selection();
  selection.setOrder(order);
  return selection;
}

const picked = (selection: Selection) => [...selection.ids].sort().join('');

describe('Selection', () => {
  it('a click picks one, Ctrl adds and takes away', () => {
    const selection = over('a', 'b', 'c');
    selection.pick('a');
    selection.pick('c', 'toggle');
    expect(picked(selection)).toBe('ac');
    selection.pick('a', 'toggle');
    expect(picked(selection)).toBe('c');
    selection.pick('b');
    expect(picked(selection)).toBe('b');
  });

  it('Shift picks from the anchor, in both directions, and the anchor stays', () => {
    const selection = over('a', 'b', 'c', 'd');
    selection.pick('b');
    selection.pick('d', 'range');
    expect(picked(selection)).toBe('bcd');
    selection.pick('a', 'range');
    expect(picked(selection)).toBe('ab');
  });

  it('arrows go on from the row with the focus and stop at the ends', () => {
    const selection = over('a', 'b', 'c');
    selection.move(1);
    expect(selection.current).toBe('a');
    selection.move(1);
    selection.move(1, true);
    selection.move(1, true);
    expect(picked(selection)).toBe('bc');
    selection.move(-99);
    expect(picked(selection)).toBe('a');
  });

  it('rows that are gone are no longer selected', () => {
    const selection = over('a', 'b', 'c');
    selection.all();
    selection.pick('b', 'toggle');
    selection.setOrder(['a', 'd']);
    expect(picked(selection)).toBe('a');
    expect(selection.current).toBe('a');
  });

  it('an order that changes nothing is silent', () => {
    const selection = over('a', 'b');
    selection.pick('a');
    let told = 0;
    selection.changed.connect(() => void (told += 1));
    selection.setOrder(['b', 'a']);
    expect(told).toBe(0);
  });
});
