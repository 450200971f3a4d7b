/// A number with what it counts: `1 picture`, `5 pictures`.
/// - Parameter many: the plural, if it is not the singular with an s.
package func counted(_ count: Int, _ one: String, _ many: String? = nil) -> String {
  "\(count) \(count == 1 ? one : many ?? one + "s")"
}
