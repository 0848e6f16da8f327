import { train } from './train.ts'

/** Trains on a worker's side. */
const inWorker = (device: string): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
    worker.addEventListener('message', ({ data }) =>
      data.error ? reject(data.error) : resolve(data.result),
    )
    worker.addEventListener('error', ({ message }) => reject(`worker: ${message}`))
    worker.postMessage(device)
  })

async function all(): Promise<unknown[]> {
  return [
    await train('cpu'),
    await train('wasm'),
    await train('webgl'),
    await inWorker('cpu'),
    await inWorker('wasm'),
  ]
}

all().then(
  (result) => Object.assign(window, { outcome: JSON.stringify({ result }) }),
  (error) => Object.assign(window, { outcome: JSON.stringify({ error: String(error) }) }),
)
