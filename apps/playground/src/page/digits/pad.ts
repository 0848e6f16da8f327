import { normalizeDrawing } from '../../digits/normalize-drawing.ts'

/** Pixels of the drawing's side. */
export const SIDE = 280

const PEN = 22

interface Point {
  readonly x: number
  readonly y: number
}

/** A canvas to draw on. The ink is where it is not transparent, so that the page chooses its colour. */
export class Pad {
  readonly #canvas: HTMLCanvasElement
  readonly #context: CanvasRenderingContext2D
  readonly #changed: (drawing: Uint8Array<ArrayBuffer> | undefined) => void
  #last: Point | undefined

  /** @param changed receives the drawing as an image of MNIST, or undefined when it is wiped */
  constructor(
    canvas: HTMLCanvasElement,
    changed: (drawing: Uint8Array<ArrayBuffer> | undefined) => void,
  ) {
    const context = canvas.getContext('2d', { willReadFrequently: true })
    if (!context) throw new Error('there is no canvas to draw on')
    this.#canvas = canvas
    this.#context = context
    this.#changed = changed
    context.lineWidth = PEN
    context.lineCap = 'round'
    context.lineJoin = 'round'
  }

  /** Where a pointer is on the drawing. */
  pointOf({ clientX, clientY }: MouseEvent): Point {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect()
    return { x: ((clientX - left) / width) * SIDE, y: ((clientY - top) / height) * SIDE }
  }

  /** Draws on to a point; the first after the pen was lifted is a dot. */
  drawTo(point: Point): void {
    const context = this.#context
    const from = this.#last ?? point
    context.strokeStyle = '#000'
    context.beginPath()
    context.moveTo(from.x, from.y)
    context.lineTo(point.x, point.y)
    context.stroke()
    this.#last = point
    this.#tell()
  }

  liftPen(): void {
    this.#last = undefined
  }

  wipe(): void {
    this.#context.clearRect(0, 0, SIDE, SIDE)
    this.liftPen()
    this.#changed(undefined)
  }

  /** Shows an image of 28 × 28 bytes as the drawing. */
  put(pixels: Uint8Array): void {
    const side = Math.sqrt(pixels.length)
    const image = new ImageData(side, side)
    for (let i = 0; i < pixels.length; i++) image.data[4 * i + 3] = pixels[i]
    const small = new OffscreenCanvas(side, side)
    small.getContext('2d')?.putImageData(image, 0, 0)
    this.wipe()
    this.#context.drawImage(small, 0, 0, SIDE, SIDE)
    this.#tell()
  }

  #tell(): void {
    const { data } = this.#context.getImageData(0, 0, SIDE, SIDE)
    const ink = Uint8Array.from({ length: SIDE * SIDE }, (_, i) => data[4 * i + 3])
    this.#changed(normalizeDrawing(ink, SIDE))
  }
}
