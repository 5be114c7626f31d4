/** The jobs panel: banner, filter, table, and the details of a job below. */

import { MessageLoop, type Message } from '@lumino/messaging';
import { Panel, PanelLayout, SplitPanel, Widget } from '@lumino/widgets';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ActionName, Actions } from './actions';
import { actionButton } from './buttons';
import { button, element } from './dom';
import { JobDetails } from './detail';
import { EmptyState } from './empty';
import { FilterBar } from './filter';
import { count, moment } from './format';
import { drawing, qmagicIcon } from './icons';
import { JobList } from './list';
import type { JobsModel } from './model';
import type { OlderJobs } from './older';
import { Selection } from './selection';
import { JobsTable } from './table';
import type { IQMagic } from './tokens';

/** What a panel asks others to do. */
export interface PanelDoor {
  run(action: ActionName, ids: readonly string[]): void;
  reconnect(): void;
  openTutorial(): void;
}

/** What can be done with many jobs at once. */
const BAR: readonly ActionName[] = ['cancel', 'rerun', 'insertCode', 'copyId', 'delete'];

/** Milliseconds after the last change of a filter before the service is asked, too. */
const PATIENCE = 250;

export class JobsPanel extends Widget {
  constructor(
    qmagic: IQMagic,
    private readonly _actions: Actions,
    private readonly _door: PanelDoor
  ) {
    super();
    this._model = qmagic.model;
    this._older = qmagic.older;
    this._trans = qmagic.trans;
    this.addClass('qm-Panel');
    this.title.icon = qmagicIcon;
    this.title.caption = this._trans.__('Quantum jobs');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', this._trans.__('Quantum jobs'));

    this.list = new JobList(qmagic.model);
    this.filter = new FilterBar(this.list, this._trans);
    this.table = new JobsTable(this.list, this.selection, this._trans, () => this.showDetails());
    this.details = new JobDetails(qmagic, _actions, _door.run.bind(_door), () => this._closeDetails());
    this.details.hide();

    this._empty = new EmptyState(this._model, this._trans, {
      showAll: () => this.filter.clear(),
      openTutorial: () => _door.openTutorial()
    });
    this._banner.addClass('qm-Banner');
    this._banner.node.setAttribute('role', 'status');
    this._bar.addClass('qm-Bar');
    this._announcer.addClass('qm-Announcer');
    this._announcer.node.setAttribute('aria-live', 'polite');
    const listing = new Panel();
    listing.addClass('qm-Listing');
    listing.addWidget(this.table);
    listing.addWidget(this._empty);
    const split = (this._split = new SplitPanel({ orientation: 'vertical', spacing: 4 }));
    split.addClass('qm-Split');
    split.addWidget(listing);
    split.addWidget(this.details);
    SplitPanel.setStretch(listing, 2);
    SplitPanel.setStretch(this.details, 3);
    const layout = (this.layout = new PanelLayout());
    for (const widget of [this._banner, this.filter, this._bar, split, this._announcer]) {
      layout.addWidget(widget);
    }
    // what comes and goes above changes the room that is left, of which Lumino hears nothing
    this._room = new ResizeObserver(() => MessageLoop.postMessage(split, Widget.ResizeMessage.UnknownSize));
    this._room.observe(split.node);

    this.list.changed.connect(this._onList, this);
    this.table.ended.connect(this._wantOlder, this);
    this._older.changed.connect(this._later, this);
    this._model.connectionChanged.connect(this._later, this);
    this.selection.changed.connect(this._onSelection, this);
    this.node.addEventListener('keydown', this);
  }

  readonly selection = new Selection();
  readonly list: JobList;
  readonly filter: FilterBar;
  readonly table: JobsTable;
  readonly details: JobDetails;

  /** The jobs that an action would be about. */
  get meant(): string[] {
    return this.list.meant(this.selection.ids);
  }

  /** Shows a job with its details, whatever the filter hides. */
  reveal(id: string): void {
    const job = this._model.get(id);
    if (!job) {
      return;
    }
    if (job.parent) {
      this.list.toggle(job.parent, true);
    }
    if (!this.list.rows().some(row => row.id === id)) {
      this.filter.clear();
    }
    this.selection.setOrder(this.list.rows().map(row => row.id));
    this.selection.pick(id);
    this.showDetails();
    this.table.focusCurrent();
  }

  /** Shows the details of the row that has the focus. */
  showDetails(): void {
    const { current } = this.selection;
    if (this._model.get(current)) {
      this.details.showJob(current);
      if (!this.details.isVisible) {
        this.details.show();
        if (this._split.relativeSizes()[1] < 0.3) {
          this._split.setRelativeSizes([2, 3]);
        }
        // the table has less room now, and its row has to stay in it
        requestAnimationFrame(() => this.table.reveal());
      }
    }
  }

  /** Looks again at what can be done with the selected jobs. */
  refresh(): void {
    this.details.refresh();
    this._later();
  }

  handleEvent(event: Event): void {
    const { key } = event as KeyboardEvent;
    if (key === 'Escape' && this.details.isVisible && this.details.node.contains(event.target as Node)) {
      this._closeDetails();
    }
  }

  override dispose(): void {
    if (!this.isDisposed) {
      cancelAnimationFrame(this._frame);
      clearTimeout(this._timer);
      this._older.changed.disconnect(this._later, this);
      this._room.disconnect();
      this._model.connectionChanged.disconnect(this._later, this);
      this.list.dispose();
      super.dispose();
    }
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this._later();
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this._later();
  }

  private _onList(): void {
    if (this.list.filtered) {
      // what is typed may not be all yet
      clearTimeout(this._timer);
      this._timer = window.setTimeout(() => this._wantOlder(), PATIENCE);
    }
    this._later();
  }

  /** Asks the service for older jobs, where the end of what is here is in view. */
  private _wantOlder(): void {
    if (this.isVisible && (this.table.atEnd || this.list.rows().length === 0)) {
      void this._older.load(this.list.filter);
    }
  }

  private _onSelection(): void {
    if (this.details.isVisible && this.selection.ids.size === 1) {
      this.showDetails();
    }
    this._later();
  }

  private _closeDetails(): void {
    const held = this.details.node.contains(document.activeElement);
    this.details.hide();
    this.details.showJob('');
    if (held) {
      this.table.focusCurrent();
    }
  }

  private _later(): void {
    if (this._frame === 0 && this.isVisible) {
      this._frame = requestAnimationFrame(() => {
        this._frame = 0;
        this._draw();
      });
    }
  }

  private _draw(): void {
    this._drawBanner();
    this._drawBar();
    const shown = this.list.rows().length;
    this.table.setHidden(shown === 0);
    this.filter.setHidden(this._model.size === 0);
    this._empty.draw(shown === 0, this._older.asking(this.list.filter));
  }

  private _drawBanner(): void {
    const { connection, trouble, heard } = this._model;
    const offline = connection === 'offline';
    this._banner.setHidden(!offline);
    const state = `${connection}\n${trouble}\n${heard}`;
    if (!offline || this._banner.node.dataset.state === state) {
      return;
    }
    this._banner.node.dataset.state = state;
    const known = heard
      ? this._trans.__('Below is what was known at %1.', moment(heard / 1000))
      : this._trans.__('No jobs could be read.');
    this._banner.node.replaceChildren(
      drawing('offline'),
      element('div', '', [
        element('strong', '', [this._trans.__('Offline')]),
        ' ' + (trouble || this._trans.__('The job service does not answer.')) + ' ' + known
      ]),
      button(this._trans.__('Connect now'), () => this._door.reconnect())
    );
  }

  private _drawBar(): void {
    const trans = this._trans;
    const { running, queued } = this._model.counts;
    const online = this._model.connection === 'online';
    const chosen = this.meant;
    const parts = [
      this._counted(),
      online && running ? trans.__('%1 running', running) : '',
      online && queued ? trans.__('%1 queued', queued) : ''
    ];
    const summary =
      chosen.length > 1 ? trans.__('%1 selected', count(chosen.length)) : parts.filter(Boolean).join(' · ');
    const buttons =
      chosen.length > 1
        ? BAR.map(name =>
            actionButton(name, chosen, this._actions, trans, (action, ids) => this._door.run(action, ids))
          )
        : [];
    const state = [summary, ...(buttons.length ? chosen : []), ...buttons.map(node => node.title)].join('\n');
    this._bar.setHidden(this._model.size === 0);
    if (this._bar.node.dataset.state === state) {
      return;
    }
    this._bar.node.dataset.state = state;
    this._bar.node.replaceChildren(element('span', 'qm-Summary', [summary]), ...buttons);
    if (this._announced !== summary && this._announced !== '') {
      this._announcer.node.textContent = summary;
    }
    this._announced = summary;
  }

  /** Returns how many jobs are shown, of how many. */
  private _counted(): string {
    const trans = this._trans;
    const { total, size } = this._model;
    const { filter, filtered } = this.list;
    if (filtered) {
      const shown = count(this.list.count);
      if (this._older.asking(filter)) {
        return trans.__('%1 of %2 jobs, searching…', shown, count(total));
      }
      return trans.__('%1 of %2 jobs', this._older.more(filter) ? `${shown}+` : shown, count(total));
    }
    return this._older.rest
      ? trans.__('newest %1 of %2 jobs', count(size), count(total))
      : trans._n('%2 job', '%2 jobs', total, count(total));
  }

  private readonly _model: JobsModel;
  private readonly _older: OlderJobs;
  private readonly _trans: TranslationBundle;
  private readonly _banner = new Widget();
  private readonly _bar = new Widget();
  private readonly _empty: EmptyState;
  private readonly _announcer = new Widget();
  private readonly _split: SplitPanel;
  private readonly _room: ResizeObserver;
  private _announced = '';
  private _frame = 0;
  private _timer = 0;
}
