import { Tensor } from '@sconce/core'
import { Module } from './module/module.ts'
import { type Arguments, signature, type Values } from './signature.ts'

/** What `layer` makes: a module with a property for each argument of its constructor. */
export type LayerClass<S extends string, Inputs extends unknown[], Output> = new (
  ...args: Arguments<S>
) => Module & Values<S> & { forward(...inputs: Inputs): Output }

/**
 * The base of a module that is nothing but its arguments and a function: each argument becomes a property,
 * a tensor a buffer. `printed` says which are printed, in the notation of `Signature.describe`.
 *
 *     export class ELU extends layer('ELU(float alpha=1.0)', 'alpha', ({ alpha }, input: Tensor) =>
 *       functional.elu(input, alpha)) {}
 *
 * `check` looks at the arguments of the constructor, and throws for those that make no sense.
 */
export function layer<const S extends string, Inputs extends unknown[], Output>(
  text: S,
  printed: string,
  compute: (self: Module & Values<S>, ...inputs: Inputs) => Output,
  check?: (values: Values<S>) => void,
): LayerClass<S, Inputs, Output> {
  const known = signature(text)
  class LayerBase extends Module {
    constructor(...args: Arguments<S>) {
      super()
      const bound = known.bind(args)
      check?.(bound)
      const values: Readonly<Record<string, unknown>> = bound
      for (const { key, name, type } of known.parameters) {
        const value = values[name]
        if (!type.startsWith('Tensor')) Reflect.set(this, name, value)
        else if (value instanceof Tensor) this.registerBuffer(key, value, { property: name })
      }
    }

    override forward(...inputs: Inputs): Output {
      // The constructor has made a property of every argument.
      return compute(this as unknown as Module & Values<S>, ...inputs)
    }

    override extraRepr(): string {
      return printed === '' ? '' : known.describe(this, printed)
    }
  }
  return LayerBase as unknown as LayerClass<S, Inputs, Output>
}
