/**
 * Number of the kernel language. Copies of this package that speak the same one share its expressions and
 * kernels; it goes up with every change of what an expression or a kernel is.
 */
const language = 1

/**
 * What all copies of this package in a realm have in common. Expressions and kernels are told apart by
 * identity and numbered for caches: if two copies numbered them each for itself, a backend of one would
 * take the kernels of the other for its own.
 */
export function shared<T>(name: string, make: () => T): T {
  const key = Symbol.for(`sconce.kernels.${language}.${name}`)
  // Only this function writes the property, with what `make` of the same name returns.
  const holder = globalThis as { [key]?: T }
  holder[key] ??= make()
  return holder[key]
}
