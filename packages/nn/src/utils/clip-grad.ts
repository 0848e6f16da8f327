import { noGrad } from '@sconce/autograd'
import { pythonText, RuntimeError, stack, Tensor, tensor } from '@sconce/core'

type Parameters_ = Tensor | Iterable<Tensor>

/** The gradients that there are, without history. */
function gradients(parameters: Parameters_): Tensor[] {
  const list = parameters instanceof Tensor ? [parameters] : [...parameters]
  return list.flatMap(({ grad }) => (grad ? [grad.detach()] : []))
}

/** Options of `clipGradNorm_`. */
export interface ClipOptions {
  normType?: number
  /** Whether a norm that is no number is an error. */
  errorIfNonfinite?: boolean
}

/**
 * Scales the gradients in place to a norm, over all of them, of at most `maxNorm`; `clip_grad_norm_`.
 *
 * @returns the norm that they had
 * @throws RuntimeError for a norm that is no number, where that is asked for; nothing is changed then.
 */
export function clipGradNorm_(
  parameters: Parameters_,
  maxNorm: number,
  normType: number | ClipOptions = 2,
): Tensor {
  const options: ClipOptions = typeof normType === 'object' ? normType : { normType }
  const { normType: p = 2, errorIfNonfinite = false } = options
  const grads = gradients(parameters)
  if (grads.length === 0) return tensor(0)
  return noGrad(() => {
    const [{ device }] = grads
    const norms = grads.map((g) => g.norm(p).to(device))
    const total = norms.length === 1 ? norms[0] : stack(norms).norm(p)
    if (errorIfNonfinite && !Number.isFinite(total.item())) {
      throw new RuntimeError(
        `The total norm of order ${pythonText(p, true)} for gradients from \`parameters\` is non-finite, so it cannot be clipped. To disable this error and scale the gradients by the non-finite norm anyway, set \`error_if_nonfinite=False\``,
      )
    }
    const factor = total.add(1e-6).reciprocal().mul(maxNorm).clamp({ max: 1 })
    for (const g of grads) g.mul_(factor.to(g.device))
    return total
  })
}

/** Restricts every gradient to [-clipValue, clipValue], in place; `clip_grad_value_`. */
export function clipGradValue_(parameters: Parameters_, clipValue: number): void {
  noGrad(() => {
    for (const g of gradients(parameters)) g.clamp_({ min: -clipValue, max: clipValue })
  })
}
