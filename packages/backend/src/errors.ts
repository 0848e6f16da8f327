/** Base of the errors that the library throws on purpose; `name` is PyTorch's error class where there is one. */
export class SconceError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.errorName
  }
  static errorName = 'RuntimeError'
}

/** The device has no room for another buffer. */
export class OutOfMemory extends SconceError {
  static override errorName = 'OutOfMemoryError'
}
/** The device doesn't hold, or can't compute in, this dtype. */
export class UnsupportedDType extends SconceError {
  static override errorName = 'TypeError'
}
/** `run` was called with a kernel that the backend doesn't support. */
export class UnsupportedKernel extends SconceError {
  static override errorName = 'NotImplementedError'
}
/** No such backend, or it can't run here; the message says why and how to mend it. */
export class BackendUnavailable extends SconceError {}
/** The device went away (context lost, device lost); contents may be gone. */
export class DeviceLost extends SconceError {}
/** The device works (again), but what this buffer held was lost with an earlier life of it. */
export class ContentsLost extends DeviceLost {}
/** A synchronous read on a device that can only be read asynchronously. */
export class SyncReadUnavailable extends SconceError {}
/** A kernel or expression that breaks the rules of the kernel language. */
export class InvalidKernel extends SconceError {
  static override errorName = 'TypeError'
}
