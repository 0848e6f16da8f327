import { check, RuntimeError, TypeError_ } from '../errors.ts'
import { makeTensorFrom, type TensorData, type TensorOptions } from '../from-data.ts'
import type { Operation } from '../operation.ts'
import { broadcastShapes, sameShape } from '../shape.ts'
import { operations } from '../table.ts'
import type { Tensor } from '../tensor.ts'
import { addMethod } from './add-method.ts'
import { readNumbers, writeNumbers } from './host-map.ts'

/** Methods that take JS values which no schema describes. */
export interface HostMembers {
  /** A tensor of `data` with this dtype and device, unless told otherwise; `Tensor.new_tensor`. */
  newTensor(data: TensorData, options?: TensorOptions): Tensor
  /** Replaces each element by what `f` makes of it, on the host; `Tensor.apply_`. */
  apply_(f: (x: number) => number): Tensor
  /** Replaces each element by what `f` makes of it and that of `other`; `Tensor.map_`. */
  map_(other: Tensor, f: (x: number, y: number) => number): Tensor
  /** As `map_`, with elements of two others; `Tensor.map2_`. */
  map2_(x: Tensor, y: Tensor, f: (a: number, b: number, c: number) => number): Tensor
}

function mapInplace(
  name: string,
  self: Tensor,
  others: readonly Tensor[],
  f: (...elements: number[]) => number,
): void {
  check(
    ![self, ...others].some((t) => t.requiresGrad),
    () =>
      `Can't call ${name}() on Variable that requires grad. Use var.detach().${name}() instead.`,
  )
  for (const other of others) {
    if (other.dtype !== self.dtype) {
      throw new TypeError_(`${name}: expected ${self.type()} for 'other' (got ${other.type()})`)
    }
    if (!sameShape(broadcastShapes(self.shape, other.shape), self.shape)) {
      throw new RuntimeError(`${name}: an argument can't be broadcast to the shape of self`)
    }
  }
  const columns = [self, ...others.map((t) => t.expand(self.shape))].map(readNumbers)
  const results = columns[0].map((_, i) => f(...columns.map((c) => c[i])))
  const copy = operations.get('copy') as Operation
  copy.inplace(self, writeNumbers(results, self.dtype, self, self.shape), false)
  self.version.value++
}

const methods: HostMembers & ThisType<Tensor> = {
  newTensor(data: TensorData, options: TensorOptions = {}): Tensor {
    return makeTensorFrom(data, { dtype: this.dtype, device: this.device, ...options })
  },
  apply_(f: (x: number) => number): Tensor {
    mapInplace('apply_', this, [], f)
    return this
  },
  map_(other: Tensor, f: (x: number, y: number) => number): Tensor {
    mapInplace('map_', this, [other], f)
    return this
  },
  map2_(x: Tensor, y: Tensor, f: (a: number, b: number, c: number) => number): Tensor {
    mapInplace('map2_', this, [x, y], f)
    return this
  },
}

for (const [name, value] of Object.entries(methods)) addMethod(name, value)
