/** Values in Python's spelling, as PyTorch prints the arguments of modules. */

/** `repr(float)`: shortest digits, `1.0`, `1e-05`, `inf`. */
export function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
    const [digits, exponent] = value.toExponential().split('e')
    const power = Number(exponent)
    return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
  }
  return Number.isInteger(value) ? value.toFixed(1) : String(value)
}

/** `(3, 2)`, `(3,)`. */
export const pythonTuple = (items: readonly string[]): string =>
  items.length === 1 ? `(${items[0]},)` : `(${items.join(', ')})`

/** `str(value)` in Python; `float` says that whole numbers are floats. */
export function pythonText(value: unknown, float = false): string {
  if (value === undefined || value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'number')
    return float || !Number.isInteger(value) ? pythonFloat(value) : String(value)
  if (Array.isArray(value)) return pythonTuple(value.map((item) => pythonText(item, float)))
  return String(value)
}

/** `torch.Size([2, 3])`. */
export const torchSize = (shape: readonly number[]): string => `torch.Size([${shape.join(', ')}])`
