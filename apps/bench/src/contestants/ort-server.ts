import { createInterface } from 'node:readline'
import * as ort from 'onnxruntime-web'
import { allData, type InputSpecs } from '../rows/inputs.ts'
import type { OnnxGraph } from '../rows/row.ts'
import { asynchronous, type Trial } from '../timing/trial.ts'
import { onnxModel } from './onnx.ts'
import type { Answer, Message } from './remote.ts'

/** Times rows in ONNX Runtime Web; a message is a line of JSON, and so is the answer. */

interface Work {
  readonly graph: OnnxGraph
  readonly inputs: InputSpecs
}

ort.env.wasm.numThreads = Number(process.argv[2])
ort.env.logLevel = 'error'
const trials = new Map<number, Trial>()

async function prepare({ graph, inputs }: Work): Promise<Trial> {
  const feeds = Object.fromEntries(
    allData(inputs).map(([name, { shape, dtype }, data]) => [
      name,
      new ort.Tensor(dtype, data, shape),
    ]),
  )
  const session = await ort.InferenceSession.create(onnxModel(graph, inputs), {
    executionProviders: ['wasm'],
  })
  return asynchronous(
    () => session.run(feeds),
    () => void session.release(),
  )
}

async function answer(message: Message): Promise<Answer> {
  if (message.do === 'hello') return {}
  if (message.do === 'prepare') {
    // The other end sends what `ort.ts` makes of a row.
    trials.set(message.id, await prepare(message.work as Work))
    return {}
  }
  const trial = trials.get(message.id)
  if (!trial) return { error: `no row ${message.id}` }
  if (message.do === 'run') return { ms: await trial.run(message.iterations) }
  trial.close?.()
  trials.delete(message.id)
  return {}
}

for await (const line of createInterface({ input: process.stdin })) {
  let reply: Answer
  try {
    reply = await answer(JSON.parse(line) as Message)
  } catch (error) {
    reply = { error: error instanceof Error ? error.message : String(error) }
  }
  process.stdout.write(`${JSON.stringify(reply)}\n`)
}
process.exit()
