/** Where this runs, as far as it matters to a backend, by name. */
export function environment(): Record<string, string> {
  const { navigator, crossOriginIsolated } = globalThis
  const processors = navigator?.hardwareConcurrency
  const facts: Record<string, string | undefined> = {
    processors: processors === undefined ? undefined : String(processors),
  }
  if (typeof process !== 'undefined' && process.versions?.node) {
    facts.runtime = `Node ${process.versions.node}`
    facts.platform = `${process.platform} ${process.arch}`
  } else {
    facts.runtime = navigator?.userAgent
    facts['cross-origin isolated'] = crossOriginIsolated ? 'yes' : 'no'
  }
  return Object.fromEntries(
    Object.entries(facts).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}
