/// Keys of a checkpoint's metadata.
package enum ModelMetadata {
  package static let config = "config", model = "model", state = "state", program = "program"
  /// The kernels, on which the bits of the weights depend, and why OpenBLAS chose its own.
  package static let engine = "engine", engineReason = "engine_reason"
  /// Steps in an epoch, so that the length of a run is known without its pictures.
  package static let stepsPerEpoch = "steps_per_epoch"
  /// The stage of training, from 0, whose networks it holds; absent without stages.
  package static let stage = "stage"
}
