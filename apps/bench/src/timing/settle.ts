/** Lets the event loop turn, so that finalizers and messages of the last block are not paid by the next. */
export const settle = (): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, 0)
  })
