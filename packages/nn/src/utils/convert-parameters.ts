import { noGrad } from '@sconce/autograd'
import { cat, Tensor, TypeError_ } from '@sconce/core'

/** All parameters one after the other in one vector; `parameters_to_vector`. */
export const parametersToVector = (parameters: Iterable<Tensor>): Tensor =>
  cat(Array.from(parameters, (p) => p.reshape([-1])))

/** Copies the parts of a vector into parameters; `vector_to_parameters`. */
export function vectorToParameters(vector: Tensor, parameters: Iterable<Tensor>): void {
  if (!(vector instanceof Tensor))
    throw new TypeError_(`expected torch.Tensor, but got: ${typeof vector}`)
  noGrad(() => {
    let offset = 0
    for (const p of parameters) {
      p.copy_(vector.narrow(0, offset, p.numel()).view(p.shape))
      offset += p.numel()
    }
  })
}
