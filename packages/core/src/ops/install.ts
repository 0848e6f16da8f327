import { invoke, invokeInplace } from '../dispatch.ts'
import { overloads } from '../table.ts'
import { Tensor } from '../tensor.ts'
import { addMethod } from './add-method.ts'
import './pointwise.ts'
import './views.ts'
import './splits.ts'
import './copy.ts'
import './creation.ts'
import './reductions.ts'
import './matmul.ts'
import './join.ts'
import './indexing.ts'
import './numbers.ts'
import './shape.ts'
import './stacking.ts'
import './view-scatters.ts'
import './pixels.ts'
import './random.ts'
import './scans.ts'
import './sorting.ts'
import './statistics.ts'
import './index-along.ts'
import './softmax.ts'
import './products.ts'
import './norms.ts'
import './functional/index.ts'
import './special.ts'
import './linalg/index.ts'
import './masked.ts'
import './histogram.ts'
import './gradient.ts'
import './fft.ts'
import './queries.ts'
import './windows.ts'
import './view-copies.ts'
import './segment-reduce.ts'
import './low-rank.ts'
import './host-members.ts'
import './resize.ts'
import './aliases.ts'

/** Every op of the table whose first parameter is `self` becomes a method, and `name_` in place. */
for (const [name, list] of overloads) {
  if (name.includes('.') || Object.hasOwn(Tensor.prototype, name)) continue
  const methods = list.filter((o) => o.schema.parameters[0]?.name === 'self')
  if (methods.length > 0) {
    addMethod(name, function (this: Tensor, ...args: unknown[]) {
      return invoke(methods, [this, ...args], true)
    })
  }
  const able = list.filter((o) => o.schema.inplace)
  if (able.length > 0) {
    addMethod(`${name}_`, function (this: Tensor, ...args: unknown[]) {
      return invokeInplace(able, [this, ...args])
    })
  }
}
