import { useEffect, useRef } from 'preact/hooks'
import type { Output } from './output.ts'

const classes = { log: 'line', warn: 'line warn', error: 'line error' } as const

/** What a program printed; follows its end unless somebody scrolled away from it. */
export function Log({ lines, dropped }: Pick<Output, 'lines' | 'dropped'>) {
  const element = useRef<HTMLDivElement>(null)
  const follow = useRef(true)
  useEffect(() => {
    const log = element.current
    if (log && follow.current) log.scrollTop = log.scrollHeight
  }, [lines])
  return (
    <div
      ref={element}
      class="log"
      role="log"
      aria-label="What the program printed"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard.
      tabIndex={0}
      onScroll={({ currentTarget: log }) => {
        follow.current = log.scrollHeight - log.scrollTop - log.clientHeight < 24
      }}
    >
      {dropped > 0 && <p class="dropped">{dropped} earlier lines are not kept</p>}
      {lines.map(({ id, level, text }) => (
        <pre key={id} class={classes[level]}>
          {text}
        </pre>
      ))}
    </div>
  )
}
