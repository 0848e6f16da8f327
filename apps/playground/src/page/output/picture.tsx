import { useEffect, useRef } from 'preact/hooks'
import type { Picture } from '../../protocol/events.ts'
import { colorIndex, colorTable } from './colors.ts'

/** Pixels that the longer side of a picture takes at most. */
const ROOM = 420

/** Tiles side by side, one pixel per number, with a pixel between them. */
function paint(canvas: HTMLCanvasElement, picture: Picture): void {
  const { width, height, columns, values, min, max, colors } = picture
  const count = values.length / (width * height)
  const rows = Math.ceil(count / columns)
  canvas.width = columns * (width + 1) - 1
  canvas.height = rows * (height + 1) - 1
  const context = canvas.getContext('2d')
  if (!context) return
  const table = colorTable(colors)
  const image = context.createImageData(canvas.width, canvas.height)
  for (let i = 0; i < values.length; i++) {
    const [x, rest] = [i % width, Math.floor(i / width)]
    const [y, tile] = [rest % height, Math.floor(rest / height)]
    const left = (tile % columns) * (width + 1) + x
    const top = Math.floor(tile / columns) * (height + 1) + y
    const color = 3 * colorIndex(values[i], min, max)
    image.data.set(table.subarray(color, color + 3), 4 * (top * canvas.width + left))
    image.data[4 * (top * canvas.width + left) + 3] = 255
  }
  context.putImageData(image, 0, 0)
  const scale = Math.max(1, Math.floor(ROOM / Math.max(canvas.width, canvas.height)))
  canvas.style.width = `${canvas.width * scale}px`
}

/** A tensor as tiles of colours. */
export function PictureFigure({ title, picture }: { title: string; picture: Picture }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    if (canvas.current) paint(canvas.current, picture)
  }, [picture])
  return (
    <figure class="card">
      <figcaption>
        {title} <small>{picture.caption}</small>
      </figcaption>
      <canvas ref={canvas} class="picture" role="img" aria-label={`${title}: ${picture.caption}`} />
    </figure>
  )
}
