import CRuntime
import GanBase
import Synchronization

/// One recorded operation. Nodes point to the nodes of their inputs, never forward; a node lives as
/// long as a tensor made from it.
final class Node {
  /// Increases with every recorded operation, which gives a topological order.
  let sequence: UInt64
  let name: StaticString
  let inputs: [Node?]
  private var saved: [(tensor: Tensor, version: Int)]
  /// The operation's result without its node, which would keep this node alive for ever.
  private var output: Tensor?
  private var backward: ((Backward) throws -> [Tensor?])?
  let isLeaf: Bool

  private static let counter = Atomic<UInt64>(0)

  init(
    _ name: StaticString, inputs: [Node?], saved: [Tensor], output: Tensor?, isLeaf: Bool,
    backward: ((Backward) throws -> [Tensor?])?
  ) {
    sequence = Node.counter.add(1, ordering: .relaxed).newValue
    self.name = name
    self.inputs = inputs
    self.saved = saved.map { ($0, $0.storage.version) }
    self.output = output
    self.isLeaf = isLeaf
    self.backward = backward
  }

  static func leaf() -> Node { Node("leaf", inputs: [], saved: [], output: nil, isLeaf: true, backward: nil) }

  /// The gradients of the inputs that are needed.
  /// - Throws: `GanError` (bug) when a saved tensor was overwritten since, or the graph was freed.
  func gradients(_ gradient: Tensor, needs: [Bool]) throws -> [Tensor?] {
    guard let backward else {
      throw GanError(.bug, "backward through '\(name)' a second time: the graph has been freed")
    }
    for entry in saved where entry.tensor.storage.version != entry.version {
      throw GanError(.bug, "backward through '\(name)': a saved tensor of shape \(entry.tensor.shape) was overwritten")
    }
    let result = output.map { Tensor(shape: $0.shape, type: $0.type, storage: $0.storage, node: self) }
    return try backward(Backward(gradient: gradient, saved: saved.map(\.tensor), result: result, needs: needs))
  }

  /// Releases everything that only a backward pass needs.
  func free() {
    guard !isLeaf else { return }
    saved = []
    output = nil
    backward = nil
  }
}

/// What the backward function of an operation is given.
struct Backward {
  /// The gradient of the result.
  let gradient: Tensor
  /// The tensors given as `saved`, in order.
  let saved: [Tensor]
  private let result: Tensor?
  /// Which inputs need a gradient.
  let needs: [Bool]

  init(gradient: Tensor, saved: [Tensor], result: Tensor?, needs: [Bool]) {
    self.gradient = gradient
    self.saved = saved
    self.result = result
    self.needs = needs
  }

  /// The operation's own result, tracked, for operations recorded with `savesResult`.
  var savedResult: Tensor {
    guard let result else { preconditionFailure("the result was not saved") }
    return result
  }

  /// Whether this backward pass is itself being recorded: then it must consist of recorded operations.
  var isRecorded: Bool { Tape.isRecording }
}

/// Whether the calling thread's operations are recorded.
package enum Tape {
  static var isRecording: Bool { gk_recording_paused() == 0 }

  /// Runs `body` without recording: its results are constants.
  package static func paused<Result>(_ body: () throws -> Result) rethrows -> Result {
    try recording(false, body)
  }

  static func recording<Result>(_ on: Bool, _ body: () throws -> Result) rethrows -> Result {
    let before = gk_recording_paused()
    gk_set_recording_paused(on ? 0 : 1)
    defer { gk_set_recording_paused(before) }
    return try body()
  }
}

extension Tensor {
  /// Puts this fresh result on the tape if one of `inputs` is on it.
  /// - Parameters:
  ///   - operation: what a trace notes (see `GraphTrace`); nil for what no network does when it translates.
  ///   - saved: what the backward function needs besides the gradient; kept only as long as the graph.
  ///   - savesResult: keeps the result for the backward function.
  func recorded(
    _ name: StaticString, as operation: @autoclosure () -> GraphOperation? = nil, from inputs: [Tensor],
    saving saved: @autoclosure () -> [Tensor] = [], savesResult: Bool = false,
    _ backward: @escaping (Backward) throws -> [Tensor?]
  ) -> Tensor {
    _ = traced(operation() ?? .other("\(name)"), from: inputs)
    guard Tape.isRecording, inputs.contains(where: { $0.node != nil }) else { return self }
    let node = Node(
      name, inputs: inputs.map(\.node), saved: saved(), output: savesResult ? self : nil, isLeaf: false,
      backward: backward)
    return Tensor(shape: shape, type: type, storage: storage, node: node)
  }
}
