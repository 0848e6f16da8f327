import { join } from 'node:path'
import { bundles } from '../launch/bundle.ts'
import type { Row } from '../rows/row.ts'
import type { Contestant } from './contestant.ts'
import { remote } from './remote.ts'

const workOf = (row: Row): unknown =>
  row.kind === 'expression' && row.forms.ort && !row.backward
    ? { graph: row.forms.ort, inputs: row.inputs }
    : undefined

/**
 * ONNX Runtime Web on WebAssembly with so many threads. It takes its settings once, and puts things on
 * the global object that mislead other libraries: hence a process of its own.
 */
export const onnxRuntime = (threads: number): Promise<Contestant | undefined> =>
  remote({
    name: threads === 1 ? 'ort wasm' : `ort wasm ${threads}t`,
    command: process.execPath,
    args: [join(bundles, 'ort-server.mjs'), String(threads)],
    workOf,
  })
