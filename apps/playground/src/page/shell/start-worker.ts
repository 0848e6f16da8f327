import PageWorker from '../../worker.ts?worker'

/** The services that run beside the page. */
export type ServiceName = 'run' | 'digits' | 'conformance' | 'doctor'

/** Starts a worker with a service. */
export const startWorker = (name: ServiceName): Worker => new PageWorker({ name })
