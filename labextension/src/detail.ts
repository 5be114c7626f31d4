/**
 * All about one job, below the table: what it is, what came out, the circuit, how it came about, what happened.
 *
 * It asks the server when a job is shown and when it ends, not more often. While the answer is under way the old one
 * stays, so that nothing flickers.
 */

import { Widget } from '@lumino/widgets';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ActionName, Actions } from './actions';
import { actionButton } from './buttons';
import { element, button } from './dom';
import { count, cost, duration, moment, statusWord } from './format';
import { drawing, statusIcon } from './icons';
import { HostedCockpit } from './cockpit/hosted';
import { unread } from './cockpit/read';
import { SoFar } from './sofar';
import { circuitSection, resultSection, type Section } from './sections';
import { elapsed } from './order';
import { isFinal, type JobDetail } from './protocol';
import type { Change, JobsModel } from './model';
import type { IQMagic } from './tokens';
import { title } from './columns';

export class JobDetails extends Widget {
  constructor(
    private readonly _qmagic: IQMagic,
    private readonly _actions: Actions,
    private readonly _run: (action: ActionName, ids: readonly string[]) => void,
    private readonly _onClose: () => void
  ) {
    super();
    this._trans = _qmagic.trans;
    this.addClass('qm-Details');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', this._trans.__('Job details'));
    this._soFar = new SoFar(_qmagic.model, _qmagic.trans);
    this.node.append(this._head, this._soFar.node, this._loop, this._body);
    _qmagic.model.changed.connect(this._onChanged, this);
    _qmagic.model.connectionChanged.connect(this._drawHead, this);
  }

  /** Shows another job; "": none. */
  showJob(id: string): void {
    if (id === this._id) {
      return;
    }
    this._id = id;
    this._detail = null;
    this._trouble = '';
    this._clear();
    this._drawHead();
    this._soFar.show(id);
    this._showLoop();
    void this._load();
  }

  /** A loop has its cockpit here, too. */
  private _showLoop(): void {
    this._cockpit?.dispose();
    this._cockpit = null;
    const job = this._qmagic.model.get(this._id);
    if (job?.kind === 'loop') {
      this._cockpit = new HostedCockpit(this._loop, unread(job.id, job.name), this._qmagic);
    }
  }

  /** Looks again at what can be done. */
  refresh(): void {
    this._drawHead();
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this._qmagic.model.changed.disconnect(this._onChanged, this);
      this._qmagic.model.connectionChanged.disconnect(this._drawHead, this);
      this._clear();
      this._cockpit?.dispose();
      super.dispose();
    }
  }

  private _onChanged(model: JobsModel, change: Change): void {
    if (!this._id || (change !== null && !change.has(this._id))) {
      return;
    }
    const job = model.get(this._id);
    if (!job) {
      this._onClose();
      return;
    }
    this._drawHead();
    this._soFar.show(this._id);
    const known = this._detail?.job;
    if (known && known.status !== job.status) {
      void this._load();
    }
  }

  private async _load(): Promise<void> {
    const id = this._id;
    if (!id) {
      return;
    }
    try {
      const detail = await this._qmagic.api.job(id);
      if (id !== this._id || this.isDisposed) {
        return;
      }
      this._detail = detail;
      this._trouble = '';
      this._qmagic.model.put(detail.job);
    } catch (error) {
      if (id !== this._id || this.isDisposed) {
        return;
      }
      this._trouble = error instanceof Error ? error.message : String(error);
    }
    this._draw();
  }

  private _drawHead(): void {
    const job = this._qmagic.model.get(this._id);
    if (!job) {
      return;
    }
    const trans = this._trans;
    const close = element('button', 'qm-Button qm-mod-icon', [drawing('close')], {
      type: 'button',
      title: trans.__('Close the details'),
      'aria-label': trans.__('Close the details')
    });
    close.addEventListener('click', this._onClose);
    const unsure = this._qmagic.model.connection !== 'online' && !isFinal(job.status);
    const word = statusWord(job.status, trans);
    const status = element('span', 'qm-Status', [
      unsure ? drawing('doubt') : statusIcon(job.status),
      element('span', 'qm-Word', [unsure ? trans.__('Last: %1', word) : word])
    ]);
    status.dataset.status = unsure ? '' : job.status;
    const buttons = ACTIONS.map(name => actionButton(name, [job.id], this._actions, trans, this._run));
    const actions = element('div', 'qm-Actions', buttons);
    const state = [job.id, job.status, unsure, title(job), ...buttons.map(node => node.title)].join('\n');
    if (this._head.dataset.state === state) {
      return;
    }
    this._head.dataset.state = state;
    this._head.replaceChildren(
      element('div', 'qm-DetailsTitle', [status, element('h2', '', [title(job)], { title: title(job) }), close]),
      actions
    );
  }

  private _draw(): void {
    this._clear();
    const trans = this._trans;
    if (this._trouble) {
      const again = button(trans.__('Try again'), () => void this._load());
      this._body.append(element('div', 'qm-Trouble', [this._trouble, again], { role: 'alert' }));
    }
    const detail = this._detail;
    if (!detail) {
      return;
    }
    const job = detail.job;
    if (job.error && job.kind !== 'loop') {
      // a loop's cockpit says it
      this._body.append(element('p', 'qm-Error', [job.error]));
    }
    if (detail.note) {
      this._body.append(element('p', 'qm-Note', [detail.note]));
    }
    this._add(trans.__('Result'), detail.result && resultSection(detail, trans));
    const drawn = detail.spec.circuits !== 0; // a loop over a function has none
    this._add(trans.__('Circuit'), drawn ? circuitSection(detail, this._qmagic.api, trans) : null);
    this._add(trans.__('How it came about'), { node: facts(provenance(detail, trans)) });
    this._add(trans.__('Events'), detail.events.length ? { node: this._events(detail) } : null);
  }

  private _add(heading: string, section: Section | null): void {
    if (section) {
      const details = element('details', 'qm-Section', [element('summary', '', [heading]), section.node]);
      details.open = !this._folded.has(heading);
      details.addEventListener('toggle', () => {
        if (details.open) {
          this._folded.delete(heading);
        } else {
          this._folded.add(heading);
        }
      });
      this._body.append(details);
      if (section.dispose) {
        this._disposers.push(section.dispose);
      }
    }
  }

  private _events(detail: JobDetail): HTMLElement {
    const trans = this._trans;
    const rows = detail.events.map(event => {
      const words = Object.entries(event.detail)
        .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
        .join(', ');
      const since = event.time - detail.job.created;
      return element('tr', '', [
        element('td', 'qm-When', [since < 0.0005 ? moment(event.time) : `+${duration(since)}`], {
          title: moment(event.time)
        }),
        element('td', '', [event.kind.replace(/^job\./, '')]),
        element('td', '', [words])
      ]);
    });
    const head = [trans.__('When'), trans.__('What'), trans.__('Detail')].map(label =>
      element('th', '', [label], { scope: 'col' })
    );
    return element('table', 'qm-Events', [element('thead', '', [element('tr', '', head)]), element('tbody', '', rows)]);
  }

  private _clear(): void {
    this._disposers.splice(0).forEach(dispose => dispose());
    this._body.replaceChildren();
  }

  private readonly _trans: TranslationBundle;
  private readonly _soFar: SoFar;
  private readonly _head = element('div', 'qm-DetailsHead');
  private readonly _body = element('div', 'qm-DetailsBody');
  private readonly _loop = element('div', 'qm-View');
  private _cockpit: HostedCockpit | null = null;
  private readonly _folded = new Set<string>();
  private readonly _disposers: (() => void)[] = [];
  private _detail: JobDetail | null = null;
  private _trouble = '';
  private _id = '';
}

const ACTIONS: readonly ActionName[] = ['cancel', 'rerun', 'goToCell', 'insertCode', 'copyId', 'delete'];

function provenance({ job, spec, seconds, notes }: JobDetail, trans: TranslationBundle): [string, string][] {
  const text = (value: unknown): string =>
    value == null
      ? ''
      : Array.isArray(value)
        ? value.map(text).join(', ')
        : typeof value === 'string'
          ? value
          : JSON.stringify(value);
  const pairs = (value: unknown, show: (entry: unknown) => string = text): string =>
    Object.entries((value as Record<string, unknown> | null) ?? {})
      .map(([name, entry]) => `${name} ${show(entry)}`)
      .join(', ');
  const python = spec.environment as { python?: unknown; executable?: unknown } | undefined;
  const ran = isFinal(job.status) ? duration(elapsed(job, Date.now() / 1000)) : '';
  return [
    [trans.__('Job'), job.id],
    [trans.__('Backend'), job.backend],
    [trans.__('Why'), job.why],
    [trans.__('Shots'), job.shots === null ? '' : count(job.shots)],
    [trans.__('Seed'), String(job.seed)],
    [trans.__('Noise'), text(spec.noise)],
    [trans.__('Transpiled'), pairs(spec.transpile)],
    [trans.__('Observables'), text(spec.observables)],
    [trans.__('Created'), moment(job.created)],
    [trans.__('Waited'), job.started === null ? '' : duration(job.started - job.created)],
    [trans.__('Ran for'), ran === '–' ? '' : ran],
    [trans.__('Stages'), pairs(seconds, value => (typeof value === 'number' ? duration(value) : text(value)))],
    [trans.__('Attempt'), job.attempt > 1 ? String(job.attempt) : ''],
    [trans.__('Cost'), job.cost === null ? '' : cost(job.cost)],
    [trans.__('Tags'), job.tags.join(', ')],
    [trans.__('Notebook'), job.notebook_path || text(spec.notebook)],
    [trans.__('Runs again'), text(spec.rerun_of)],
    [trans.__('Python'), python ? `${text(python.python)} (${text(python.executable)})` : ''],
    [trans.__('Versions'), pairs(spec.versions)],
    [trans.__('Notes'), notes.join(' ')]
  ];
}

function facts(entries: readonly [string, string][]): HTMLElement {
  const list = element('dl', 'qm-Facts');
  for (const [name, value] of entries) {
    if (value) {
      list.append(element('dt', '', [name]), element('dd', '', [value]));
    }
  }
  return list;
}
