import * as jax from '@jax-js/jax'
import * as tf from '@tensorflow/tfjs'
import { functional } from 'sconce'
import { uniform } from './inputs.ts'
import { expression, onnx, type Row } from './row.ts'

interface Shape {
  readonly batch: number
  readonly channels: number
  readonly side: number
  readonly filters: number
  readonly window: number
  /** Every channel has filters of its own. */
  readonly depthwise: boolean
}

/** A convolution that keeps the image's size. TensorFlow.js has its channels last. */
export function convolution(
  name: string,
  { batch, channels, side, filters, window, depthwise }: Shape,
): Row[] {
  const padding = (window - 1) / 2
  const groups = depthwise ? channels : 1
  const inner = channels / groups
  return expression(
    `conv ${name}`,
    { x: uniform(batch, channels, side, side), w: uniform(filters, inner, window, window) },
    {
      sconce: ({ x, w }) => functional.conv2d(x, w, { padding, groups }),
      tfjs: ({ x, w }) =>
        depthwise
          ? tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same')
          : tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'),
      jax: ({ x, w }) =>
        jax.lax.convGeneralDilated(
          x,
          w,
          [1, 1],
          [
            [padding, padding],
            [padding, padding],
          ],
          { featureGroupCount: groups },
        ),
      ort: onnx('Conv', ['x', 'w'], {
        pads: [padding, padding, padding, padding],
        group: groups,
      }),
      torch: `F.conv2d(x, w, padding=${padding}, groups=${groups})`,
    },
    {
      flops: 2 * batch * side * side * filters * inner * window * window,
      tfjsInputs: {
        x: uniform(batch, side, side, channels),
        w: uniform(window, window, depthwise ? channels : inner, depthwise ? 1 : filters),
      },
    },
  )
}

const images = { batch: 8, channels: 64, side: 56, filters: 64 } as const

/** Convolutions of 8 images of 64 × 56 × 56. */
export const convolutions: readonly Row[] = [
  ...convolution('3×3', { ...images, window: 3, depthwise: false }),
  ...convolution('1×1', { ...images, window: 1, depthwise: false }),
  ...convolution('depthwise 3×3', { ...images, window: 3, depthwise: true }),
]
