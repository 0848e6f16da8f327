import { parentPort, workerData } from 'node:worker_threads'
import { train } from './train.ts'

parentPort?.postMessage(await train(workerData))
