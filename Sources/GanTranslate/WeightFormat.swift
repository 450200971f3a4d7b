/// A kind of file for weights that other programs load.
package enum WeightFormat: String, CaseIterable, Sendable {
  case safetensors
  /// What `torch.save` writes and `torch.load` reads.
  case pytorch = "pth"

  /// Endings of such files, the usual one first.
  package var endings: [String] {
    switch self {
    case .safetensors: ["safetensors"]
    case .pytorch: ["pth", "pt", "ckpt"]
    }
  }
}
