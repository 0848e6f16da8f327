import { closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { javascript } from '@codemirror/lang-javascript'
import { bracketMatching, indentOnInput } from '@codemirror/language'
import { lintGutter, setDiagnostics } from '@codemirror/lint'
import { EditorState, type Extension } from '@codemirror/state'
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  type KeyBinding,
  keymap,
  lineNumbers,
} from '@codemirror/view'
import type { FailureEvent } from '../../protocol/events.ts'
import { theme } from './theme.ts'

export interface EditorEvents {
  /** The text was changed by hand. */
  changed(text: string): void
  /** Ctrl or ⌘ with Enter. */
  run(): void
}

/** A key that runs the program, and does nothing else. */
const runsOn = (key: string, run: () => void): KeyBinding => ({
  key,
  run() {
    run()
    return true
  },
})

const extensions = ({ changed, run }: EditorEvents): Extension => [
  lineNumbers(),
  highlightActiveLineGutter(),
  lintGutter(),
  history(),
  drawSelection(),
  indentOnInput(),
  bracketMatching(),
  closeBrackets(),
  highlightActiveLine(),
  javascript({ typescript: true }),
  theme,
  EditorView.contentAttributes.of({ 'aria-label': 'Program', tabindex: '0' }),
  keymap.of([
    runsOn('Mod-Enter', run),
    // Tab is left alone: it moves on to the next control, as everywhere on the page.
    ...closeBracketsKeymap,
    ...defaultKeymap,
    ...historyKeymap,
  ]),
  EditorView.updateListener.of(({ docChanged, state }) => {
    if (docChanged) changed(state.doc.toString())
  }),
]

/** An editor in an element. Texts are told apart by name; each keeps its history and its place. */
export class CodeEditor {
  readonly #view: EditorView
  readonly #extensions: Extension
  readonly #states = new Map<string, EditorState>()
  #name = ''

  constructor(element: HTMLElement, events: EditorEvents) {
    this.#extensions = extensions(events)
    // In a shadow tree styles need no permission of the page's Content-Security-Policy.
    const root = element.shadowRoot ?? element.attachShadow({ mode: 'open' })
    this.#view = new EditorView({ root, parent: root })
  }

  /** Shows a text: as it was left, or if it is new or another, from the beginning. */
  open(name: string, text: string): void {
    const view = this.#view
    if (this.#name === name && view.state.doc.toString() === text) return
    this.#states.set(this.#name, view.state)
    const left = this.#states.get(name)
    const same = left !== undefined && this.#name !== name && left.doc.toString() === text
    view.setState(same ? left : EditorState.create({ doc: text, extensions: this.#extensions }))
    this.#name = name
  }

  /** Marks where a program failed, or nothing. */
  mark(failure: FailureEvent | undefined): void {
    const { state } = this.#view
    const place =
      failure?.line === undefined ? undefined : this.#place(failure.line, failure.column)
    const diagnostics =
      failure && place !== undefined
        ? [{ ...place, severity: 'error' as const, message: failure.message }]
        : []
    this.#view.dispatch(setDiagnostics(state, diagnostics))
  }

  /** Puts the cursor there, and the focus. */
  goTo(line: number, column = 1): void {
    const { from } = this.#place(line, column)
    this.#view.dispatch({ selection: { anchor: from }, scrollIntoView: true })
    this.#view.focus()
  }

  /** From a position, which may lie beyond the text, to the end of its line. */
  #place(number: number, column = 1): { from: number; to: number } {
    const { doc } = this.#view.state
    const line = doc.line(Math.min(Math.max(number, 1), doc.lines))
    return { from: Math.min(line.from + column - 1, line.to), to: line.to }
  }

  close(): void {
    this.#view.destroy()
  }
}
