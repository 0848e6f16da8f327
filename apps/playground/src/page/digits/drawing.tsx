import type { RefObject, TargetedKeyboardEvent, TargetedPointerEvent } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { Pad, SIDE } from './pad.ts'
import { lookAt } from './state.ts'

const STRIDE = 14

const arrows: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-STRIDE, 0],
  ArrowRight: [STRIDE, 0],
  ArrowUp: [0, -STRIDE],
  ArrowDown: [0, STRIDE],
}

const within = (at: number): number => Math.min(Math.max(at, STRIDE), SIDE - STRIDE)

/** The pen of the keyboard: arrows move it, the space bar puts it down and lifts it. */
interface Pen {
  readonly x: number
  readonly y: number
  readonly down: boolean
}

/** A place to draw a digit, with a pointer or with the keyboard. */
export function Drawing({ handle }: { handle: RefObject<Pad | null> }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const [pen, setPen] = useState<Pen>({ x: SIDE / 2, y: SIDE / 4, down: false })
  const [hasKeys, setHasKeys] = useState(false)
  useEffect(() => {
    if (canvas.current) handle.current = new Pad(canvas.current, (drawing) => void lookAt(drawing))
  }, [])

  const onPointer = (event: TargetedPointerEvent<HTMLCanvasElement>) => {
    if (event.buttons !== 1) return
    event.currentTarget.setPointerCapture(event.pointerId)
    setHasKeys(false)
    if (handle.current) handle.current.drawTo(handle.current.pointOf(event))
  }
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLCanvasElement>) => {
    const arrow = arrows[event.key]
    const isSpace = event.key === ' '
    if (!arrow && !isSpace && event.key !== 'Delete') return
    event.preventDefault()
    setHasKeys(true)
    if (event.key === 'Delete') return handle.current?.wipe()
    const [dx, dy] = arrow ?? [0, 0]
    const down = isSpace ? !pen.down : pen.down
    const moved = { x: within(pen.x + dx), y: within(pen.y + dy), down }
    setPen(moved)
    if (down) handle.current?.drawTo(moved)
    else handle.current?.liftPen()
  }
  const at = { left: `${(100 * pen.x) / SIDE}%`, top: `${(100 * pen.y) / SIDE}%` }
  return (
    <div class="paper">
      {/* biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: keys go to the drawing. */}
      <canvas
        ref={canvas}
        width={SIDE}
        height={SIDE}
        role="application"
        aria-label="Drawing"
        aria-describedby="drawing-keys"
        tabIndex={0}
        onPointerDown={onPointer}
        onPointerMove={onPointer}
        onPointerUp={() => handle.current?.liftPen()}
        onPointerCancel={() => handle.current?.liftPen()}
        onKeyDown={onKeyDown}
      />
      {hasKeys && <i class={pen.down ? 'pen down' : 'pen'} style={at} />}
    </div>
  )
}
