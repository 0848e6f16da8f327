/** What needs Node: files and the command line. */
export { type BackendModules, loadBackend } from './cli/backends.ts'
export { createJob, goldenFolder, shippedGolden } from './cli/job.ts'
export { type CliServices, type Job, runCli } from './cli/main.ts'
export { type CliOptions, parseArguments } from './cli/options.ts'
export { progressDisplay } from './cli/progress.ts'
export { folderSource } from './golden/files.ts'
