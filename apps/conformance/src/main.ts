import { createJob, runCli } from '@sconce/conformance/node'

/** The stock backends: loaded when they are asked for. */
const modules = {
  cpu: () => import('@sconce/backend-cpu'),
  wasm: () => import('@sconce/backend-wasm'),
  webgl: () => import('@sconce/backend-webgl'),
}

process.exitCode = await runCli(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  error: (text) => process.stderr.write(text),
  progress: process.stderr,
  createJob: (options) => createJob(options, modules),
})
