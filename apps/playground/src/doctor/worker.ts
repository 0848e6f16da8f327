/** The worker of the doctor: backends are made and timed away from the page. */
import { expose } from 'comlink'
import { doctor } from 'sconce'

export type Doctor = typeof doctor

expose(doctor)
