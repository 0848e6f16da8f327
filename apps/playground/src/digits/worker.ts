/** The worker of the digits: starts a service and hands it to the page. */
import { expose, proxy } from 'comlink'
import { DigitService } from './service.ts'

const entry = {
  async start(backend: string, base: string) {
    return proxy(await DigitService.start(backend, new URL(base)))
  },
}
export type DigitEntry = typeof entry

expose(entry)
