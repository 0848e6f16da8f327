import { ToyBackend } from '../../../backend/test/toy-backend.ts'

/** The smallest backend: the three required kinds, element by element. */
export const backend = new ToyBackend()
