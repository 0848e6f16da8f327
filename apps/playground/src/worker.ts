/** Every worker of the page: loads the service that it is named after. One file, so that the library is bundled once. */
const services: Readonly<Record<string, () => Promise<unknown>>> = {
  run: () => import('./run/worker.ts'),
  digits: () => import('./digits/worker.ts'),
  conformance: () => import('./conformance/worker.ts'),
  doctor: () => import('./doctor/worker.ts'),
}

/** What was sent while the service was being loaded. */
const early: MessageEvent[] = []
const hold = (event: MessageEvent): void => void early.push(event)

addEventListener('message', hold)
await services[self.name]()
removeEventListener('message', hold)
for (const { data, ports } of early) {
  dispatchEvent(new MessageEvent('message', { data, ports: [...ports] }))
}

export {}
