import { getDevice, randn, registeredBackends } from 'sconce'
import { train } from './train.ts'

/** Which backends a page with a Content-Security-Policy can have, why not the others, and what they do. */
async function all(): Promise<unknown> {
  const violations: string[] = []
  addEventListener('securitypolicyviolation', (event) => {
    violations.push(`${event.effectiveDirective} ${event.blockedURI}`)
  })
  const outcomes: Record<string, unknown> = {}
  for (const { name, probe } of registeredBackends()) {
    const found = await probe()
    if (!found.available) {
      outcomes[name] = found
      continue
    }
    const trained = await train(name)
    // Large enough for threads, where there are any.
    const x = randn(300, 300)
    const trace = Math.abs(
      (x.matmul(x).trace().item() as number) - (x.mul(x.t()).sum().item() as number),
    )
    await new Promise((resolve) => setTimeout(resolve, 200))
    x.matmul(x)
    const { backend } = getDevice(name)
    const threads = 'workersStarted' in backend ? backend.workersStarted : 0
    outcomes[name] = { ...trained, exact: trace < 0.1, threads }
  }
  return { outcomes, violations }
}

all().then(
  (result) => Object.assign(window, { outcome: JSON.stringify({ result }) }),
  (error) =>
    Object.assign(window, { outcome: JSON.stringify({ error: String(error?.stack ?? error) }) }),
)
