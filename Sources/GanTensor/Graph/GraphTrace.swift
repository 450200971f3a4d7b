/// Notes which operations a computation consists of, while it runs: any model's graph, with all of its options, without a
/// second description of the model.
///
/// A value is its memory together with a shape, so that what only changes the kind of tensor (`detached`, `variable`)
/// needs no note. What does not depend on the inputs is a constant, already computed.
package final class GraphTrace {
  package struct Value: Hashable {
    fileprivate let storage: ObjectIdentifier
    fileprivate let shape: Shape

    fileprivate init(_ tensor: Tensor) { (storage, shape) = (ObjectIdentifier(tensor.storage), tensor.shape) }
  }

  package struct Node {
    package let operation: GraphOperation
    package let inputs: [Tensor]
    package let output: Tensor
  }

  @TaskLocal private static var holder: Holder?

  /// A trace is used by the thread that runs the computation, and by no other.
  private struct Holder: @unchecked Sendable { let trace: GraphTrace }

  static var current: GraphTrace? { holder?.trace }

  /// In the order of computation.
  private var nodes: [Node] = []
  private var places: [Value: Int] = [:]
  /// Keeps the memory of inputs, so that no other tensor gets it.
  private var inputs: [Tensor] = []
  private var known: Set<Value> = []

  package init(inputs: [Tensor]) {
    self.inputs = inputs
    known = Set(inputs.map(Value.init))
  }

  /// Runs `body` without a tape, and notes its operations on this thread.
  package func callAsFunction<Result>(_ body: () throws -> Result) rethrows -> Result {
    try Self.$holder.withValue(Holder(trace: self)) { try Tape.paused(body) }
  }

  package static func value(_ tensor: Tensor) -> Value { Value(tensor) }

  /// Whether a tensor depends on the inputs.
  package func isComputed(_ tensor: Tensor) -> Bool { known.contains(Value(tensor)) }

  /// The operations that a result needs, in their order.
  package func nodes(behind result: Tensor) -> [Node] {
    var isNeeded = [Bool](repeating: false, count: nodes.count)
    func need(_ tensor: Tensor) {
      if let place = places[Value(tensor)] { isNeeded[place] = true }
    }
    need(result)
    for place in nodes.indices.reversed() where isNeeded[place] { nodes[place].inputs.forEach(need) }
    return zip(nodes, isNeeded).filter(\.1).map(\.0)
  }

  /// Notes an operation, unless its result is known or is a constant.
  fileprivate func note(_ operation: GraphOperation, _ inputs: [Tensor], _ output: Tensor) {
    let value = Value(output)
    guard !known.contains(value), inputs.contains(where: isComputed) else { return }
    known.insert(value)
    places[value] = nodes.count
    nodes.append(Node(operation: operation, inputs: inputs, output: output))
  }
}

extension Tensor {
  /// This result of `operation`, noted if there is a trace.
  func traced(_ operation: @autoclosure () -> GraphOperation, from inputs: @autoclosure () -> [Tensor]) -> Tensor {
    if let trace = GraphTrace.current { trace.note(operation(), inputs(), self) }
    return self
  }
}

extension GraphTrace {
  /// What `body` computes with several operations, noted as a single one.
  package static func whole(
    _ operation: @autoclosure () -> GraphOperation, from inputs: @autoclosure () -> [Tensor], _ body: () -> Tensor
  ) -> Tensor {
    guard let trace = current else { return body() }
    let result = $holder.withValue(nil, operation: body)
    trace.note(operation(), inputs(), result)
    return result
  }
}
