/** Marks what is still to be written; the tests show the message until it is. */
export class NotWritten extends Error {
  override name = 'NotWritten'

  /** @param what e.g. `tanh on float32` @param where the file to write it in */
  constructor(what: string, where: string) {
    super(`${what} is not written yet: see ${where}`)
  }
}
