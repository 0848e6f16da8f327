import type { RefObject } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { FailureEvent } from '../../protocol/events.ts'
import { CodeEditor, type EditorEvents } from './code-editor.ts'

interface EditorProps {
  readonly name: string
  readonly text: string
  readonly failure: FailureEvent | undefined
  readonly events: EditorEvents
  /** Receives the editor, to move the cursor. */
  readonly handle: RefObject<CodeEditor | null>
}

/** CodeMirror, kept in step with what is chosen. */
export function Editor({ name, text, failure, events, handle }: EditorProps) {
  const element = useRef<HTMLDivElement>(null)
  const latest = useRef(events)
  latest.current = events
  useEffect(() => {
    if (!element.current) return
    const editor = new CodeEditor(element.current, {
      changed: (changed) => latest.current.changed(changed),
      run: () => latest.current.run(),
    })
    handle.current = editor
    return () => editor.close()
  }, [])
  useEffect(() => handle.current?.open(name, text), [name, text])
  useEffect(() => handle.current?.mark(failure), [name, failure])
  return <div ref={element} class="editor" />
}
