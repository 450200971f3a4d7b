/// Which of `variables` the results of `body` were computed from.
/// - Parameter body: is run with recording on, whatever the caller's setting.
package func dependencies(among variables: [Tensor], of body: () throws -> [Tensor]) rethrows -> [Bool] {
  let results = try Tape.recording(true, body)
  var reached: Set<ObjectIdentifier> = []
  var stack = results.compactMap(\.node)
  while let node = stack.popLast() {
    guard reached.insert(ObjectIdentifier(node)).inserted else { continue }
    stack.append(contentsOf: node.inputs.compactMap { $0 })
  }
  return variables.map { $0.node.map { reached.contains(ObjectIdentifier($0)) } ?? false }
}
