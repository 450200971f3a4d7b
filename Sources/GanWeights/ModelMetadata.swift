/// Keys of a checkpoint's metadata.
package enum ModelMetadata {
  package static let config = "config", model = "model", state = "state", program = "program"
  /// What the bits of the weights depend on, and why OpenBLAS computed with these kernels.
  package static let engine = "engine", engineReason = "engine_reason"
}
