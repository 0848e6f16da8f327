import { printed, workload } from './workload.ts'

/** Runs the workload where generated code is forbidden, and prints its results. */
process.stdout.write(printed(workload({})))
