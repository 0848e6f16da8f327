export type { Timings } from './benchmark.ts'
export {
  type AvailableBackend,
  type Diagnosis,
  type DoctorOptions,
  doctor,
  type Findings,
  type UnavailableBackend,
} from './doctor.ts'
export { findingsText } from './text.ts'
