import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Api } from '../src/api';
import { Feed } from '../src/feed';
import { JobsModel } from '../src/model';
import type { JobView } from '../src/protocol';
import { job, T0 } from './jobs';

/** A WebSocket that the test plays. */
class Socket {
  static all: Socket[] = [];
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  closed = false;

  constructor(readonly url: string) {
    Socket.all.push(this);
  }

  close(): void {
    this.closed = true;
  }

  say(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}

function setUp(pages: JobView[][] = []) {
  const model = new JobsModel();
  const asked: string[] = [];
  const api = {
    settings: { WebSocket: Socket },
    eventsUrl: (since: number) => `ws://x/events?since=${since}`,
    jobs: ({ before }: { before: string }) => {
      asked.push(before);
      return Promise.resolve({ seq: 5, jobs: pages.shift() ?? [] });
    }
  } as unknown as Api;
  const feed = new Feed(model, api);
  return { model, feed, asked };
}

beforeEach(() => {
  vi.useFakeTimers();
  Socket.all = [];
  vi.stubGlobal('window', { addEventListener: vi.fn(), removeEventListener: vi.fn(), setTimeout });
  vi.stubGlobal('document', { addEventListener: vi.fn(), removeEventListener: vi.fn(), hidden: false });
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('Feed', () => {
  it('asks for a snapshot first, and after a break for what it has missed', () => {
    const { model } = setUp();
    expect(Socket.all[0].url).toContain('since=-1');
    Socket.all[0].say({ type: 'snapshot', seq: 7, jobs: [] });
    expect(model.connection).toBe('online');
    Socket.all[0].onclose?.();
    expect(model.connection).toBe('offline');
    vi.advanceTimersByTime(1000);
    expect(Socket.all[1].url).toContain('since=7');
  });

  it('waits longer each time, and starts over once it has heard something', () => {
    setUp();
    const waits: number[] = [];
    for (let time = 0; time < 6; time++) {
      const before = Date.now();
      const sockets = Socket.all.length;
      Socket.all.at(-1)!.onclose?.();
      while (Socket.all.length === sockets) {
        vi.advanceTimersByTime(50);
      }
      waits.push(Date.now() - before);
    }
    expect(waits[5]).toBeGreaterThan(4 * waits[0]);
    Socket.all.at(-1)!.say({ type: 'online' });
    Socket.all.at(-1)!.onclose?.();
    const sockets = Socket.all.length;
    vi.advanceTimersByTime(500);
    expect(Socket.all.length).toBe(sockets + 1);
  });

  it('loads older jobs in pages until there are no more', async () => {
    const newest = job({ created: T0 + 50_000 });
    const first = Array.from({ length: 1000 }, (_, place) => job({ created: T0 + 40_000 - place }));
    const { model, asked } = setUp([first, [job({ created: T0 + 10 })]]);
    Socket.all[0].say({ type: 'snapshot', seq: 7, jobs: [newest] });
    await vi.advanceTimersByTimeAsync(10);
    expect(asked).toEqual([newest.id, first.at(-1)!.id]);
    expect(model.size).toBe(1002);
  });

  it('a message that cannot be read is passed over', () => {
    const silent = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const { model } = setUp();
    Socket.all[0].say({ type: 'surprise' });
    Socket.all[0].say({ type: 'snapshot', seq: 1, jobs: [] });
    expect(model.connection).toBe('online');
    expect(silent).toHaveBeenCalledOnce();
  });

  it('what an old socket says is not heard', () => {
    const { model, feed } = setUp();
    feed.reconnect();
    expect(Socket.all[0].closed).toBe(true);
    Socket.all[0].say({ type: 'snapshot', seq: 1, jobs: [] });
    expect(model.connection).toBe('connecting');
  });
});
