/// Whether smaller values of a metric are better: distances, but not structural similarity and the signal-to-noise ratio,
/// which grow as pictures get better.
/// - Parameter name: such as `ssim`, `validation psnr`, or `fid of built-in features`.
package func isSmallerBetter(metric name: String) -> Bool {
  !name.split(separator: " ").contains { $0 == "ssim" || $0 == "psnr" }
}
