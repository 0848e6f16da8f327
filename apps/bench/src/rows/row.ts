import type * as jax from '@jax-js/jax'
import type * as tf from '@tensorflow/tfjs'
import type { Tensor } from 'sconce'
import type { InputSpecs, Inputs } from './inputs.ts'

/** One node of an ONNX graph; its output is called `y` unless another node reads it. */
export interface OnnxNode {
  readonly op: string
  readonly inputs: readonly string[]
  readonly output: string
  readonly attributes?: Readonly<Record<string, number | readonly number[]>>
}

/** A graph on the row's inputs whose result is `y`. */
export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[]
  /** Integer lists that nodes read. */
  readonly constants?: Readonly<Record<string, readonly number[]>>
}

/** A graph of one node. */
export const onnx = (
  op: string,
  inputs: readonly string[],
  attributes: OnnxNode['attributes'] = {},
): OnnxGraph => ({ nodes: [{ op, inputs, output: 'y', attributes }] })

/** The same computation as every library writes it; one that is left out is not in the row. */
export interface Forms {
  readonly sconce?: (x: Inputs<Tensor>) => Tensor
  readonly tfjs?: (x: Inputs<tf.Tensor>) => tf.Tensor
  /** Consumes each input once, as jax-js asks for. */
  readonly jax?: (x: Inputs<jax.Array>) => jax.Array
  readonly ort?: OnnxGraph
  /** A Python expression. */
  readonly torch?: string
}

/** A step that keeps its own state, as every library writes it: made once, then called. */
export interface Steps {
  readonly sconce?: () => () => void
  readonly tfjs?: () => () => void
  readonly jax?: () => () => Promise<void>
  /** Python that defines `step()`. */
  readonly torch?: string
}

interface Named {
  readonly name: string
  /** Floating-point operations of a call. */
  readonly flops?: number
}

/** A computation on inputs: as it is, or with the gradients of all float inputs. */
export interface Expression extends Named {
  readonly kind: 'expression'
  readonly inputs: InputSpecs
  /** Where TensorFlow.js wants another layout. */
  readonly tfjsInputs?: InputSpecs
  readonly forms: Forms
  readonly backward: boolean
}

/** A training step, or a tiny op without any wrapping. */
export interface Program extends Named {
  readonly kind: 'program'
  readonly steps: Steps
}

export type Row = Expression | Program

/** A row for the forward pass and one for forward and backward together. */
export function expression(
  name: string,
  inputs: InputSpecs,
  forms: Forms,
  more: { flops?: number; tfjsInputs?: InputSpecs; backward?: boolean } = {},
): Row[] {
  const { backward = true, flops, tfjsInputs } = more
  const forward: Expression = {
    ...{ kind: 'expression', name, inputs, forms, backward: false },
    ...(flops === undefined ? {} : { flops }),
    ...(tfjsInputs === undefined ? {} : { tfjsInputs }),
  }
  if (!backward) return [forward]
  return [
    forward,
    {
      ...forward,
      name: `${name} + backward`,
      backward: true,
      ...(flops === undefined ? {} : { flops: 3 * flops }),
    },
  ]
}

export const program = (name: string, steps: Steps): Program => ({ kind: 'program', name, steps })
