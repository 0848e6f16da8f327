/** The conformance kit in Chromium, on the GPU, or on SwiftShader where SCONCE_WEBGPU says so. */
import { createBrowserJob, createJob, runCli } from '@sconce/conformance/node'

const software = ['--use-webgpu-adapter=swiftshader', '--enable-unsafe-swiftshader']
const browser = {
  executablePath: process.env.SCONCE_CHROMIUM,
  args: [
    '--no-sandbox',
    '--enable-unsafe-webgpu',
    '--ignore-gpu-blocklist',
    ...(process.env.SCONCE_WEBGPU === 'software' ? software : []),
  ],
}

process.exitCode = await runCli(
  ['--backend', 'sconce-backend-webgpu', '--browser', ...process.argv.slice(2)],
  {
    out: (text) => process.stdout.write(text),
    error: (text) => process.stderr.write(text),
    progress: process.stderr,
    createJob: (options) =>
      options.browser ? createBrowserJob(options, {}, browser) : createJob(options, {}),
  },
)
