/**
 * Problems in an editor: underlined, marked at the line's start, told on hover and to screen readers; F8 goes from one to
 * the next and shows its message.
 *
 * They belong to one text: the first change of it, or of the language, takes them all away.
 */

import { language } from '@codemirror/language';
import {
  RangeSet,
  StateEffect,
  StateField,
  type EditorState,
  type Extension,
  type TransactionSpec
} from '@codemirror/state';
import {
  Decoration,
  EditorView,
  GutterMarker,
  gutter,
  hoverTooltip,
  keymap,
  showTooltip,
  type DecorationSet,
  type Tooltip
} from '@codemirror/view';

/** What is wrong between two offsets; both are the same on an empty line. */
export interface Problem {
  readonly from: number;
  readonly to: number;
  readonly message: string;
}

interface Shown {
  readonly problems: readonly Problem[];
  readonly marks: DecorationSet;
  readonly signs: RangeSet<GutterMarker>;
  /** The one whose message is open because somebody went to it. */
  readonly open: Problem | null;
}

const NOTHING: Shown = {
  problems: [],
  marks: Decoration.none,
  signs: RangeSet.empty as RangeSet<GutterMarker>,
  open: null
};

const put = StateEffect.define<readonly Problem[]>();
const open = StateEffect.define<Problem | null>();

const field = StateField.define<Shown>({
  create: () => NOTHING,
  update(shown, transaction) {
    const { startState, state, effects } = transaction;
    if (transaction.docChanged || startState.facet(language) !== state.facet(language)) {
      shown = NOTHING;
    } else if (transaction.selection && shown.open) {
      shown = { ...shown, open: null };
    }
    for (const effect of effects) {
      if (effect.is(put)) {
        shown = draw(state, effect.value);
      } else if (effect.is(open)) {
        shown = { ...shown, open: effect.value };
      }
    }
    return shown;
  },
  provide: self => [
    EditorView.decorations.from(self, shown => shown.marks),
    EditorView.contentAttributes.from(self, shown => ({ 'aria-invalid': String(shown.problems.length > 0) })),
    showTooltip.from(self, shown => shown.open && tooltip([shown.open]))
  ]
});

/** The sign at the start of a wrong line. */
class Sign extends GutterMarker {
  override eq(): boolean {
    return true;
  }

  override toDOM(): HTMLElement {
    const node = document.createElement('div');
    node.className = 'qm-ProblemSign';
    return node;
  }
}

const extension: Extension = [
  field,
  hoverTooltip((view, at) => {
    const hit = problemsOf(view.state).filter(({ from, to }) => from <= at && at <= to);
    return hit.length ? tooltip(hit) : null;
  }),
  gutter({
    class: 'qm-ProblemGutter',
    markers: view => view.state.field(field).signs,
    domEventHandlers: {
      mouseover: (view, line) => show(view, onLine(view.state, line.from)),
      mouseout: view => show(view, null),
      mousedown: (view, line) => goTo(view, onLine(view.state, line.from))
    }
  }),
  keymap.of([{ key: 'F8', run: nextProblem, preventDefault: true }])
];

/** Returns the change that shows problems in place of those that were there; `say` is read out. */
export function showProblems(state: EditorState, problems: readonly Problem[], say = ''): TransactionSpec {
  const shown = state.field(field, false);
  if (!shown && !problems.length) {
    return {};
  }
  const effects: StateEffect<unknown>[] = shown ? [] : [StateEffect.appendConfig.of(extension)];
  effects.push(put.of(problems));
  if (say) {
    effects.push(EditorView.announce.of(say));
  }
  return { effects };
}

/** The problems that are shown. */
export function problemsOf(state: EditorState): readonly Problem[] {
  return state.field(field, false)?.problems ?? [];
}

/** Selects the next problem after the cursor, or the first, and opens its message. */
export function nextProblem(view: EditorView): boolean {
  const problems = problemsOf(view.state);
  const { head } = view.state.selection.main;
  return goTo(view, problems.find(problem => problem.from > head) ?? problems[0] ?? null);
}

function goTo(view: EditorView, problem: Problem | null): boolean {
  if (!problem) {
    return false;
  }
  view.dispatch({ selection: { anchor: problem.from }, scrollIntoView: true });
  view.dispatch({ effects: [open.of(problem), EditorView.announce.of(problem.message)] });
  view.focus();
  return true;
}

function show(view: EditorView, problem: Problem | null): boolean {
  if (view.state.field(field).open !== problem) {
    view.dispatch({ effects: open.of(problem) });
  }
  return false;
}

function onLine(state: EditorState, at: number): Problem | null {
  const { from, to } = state.doc.lineAt(at);
  return problemsOf(state).find(problem => problem.from >= from && problem.from <= to) ?? null;
}

function draw(state: EditorState, problems: readonly Problem[]): Shown {
  const sorted = [...problems].sort((a, b) => a.from - b.from);
  const lines = new Set(sorted.map(({ from }) => state.doc.lineAt(from).from));
  return {
    problems: sorted,
    marks: Decoration.set(sorted.filter(({ from, to }) => from < to).map(({ from, to }) => underline.range(from, to))),
    signs: RangeSet.of([...lines].map(from => sign.range(from))),
    open: null
  };
}

const underline = Decoration.mark({ class: 'qm-Problem' });
const sign = new Sign();

function tooltip(problems: readonly Problem[]): Tooltip {
  return {
    pos: problems[0].from,
    end: problems[0].to,
    above: true,
    create: () => {
      const dom = document.createElement('div');
      dom.className = 'qm-ProblemTip';
      dom.setAttribute('role', 'tooltip');
      for (const { message } of problems) {
        dom.appendChild(document.createElement('div')).textContent = message;
      }
      return { dom };
    }
  };
}
