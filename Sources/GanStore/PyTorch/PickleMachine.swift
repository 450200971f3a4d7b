import GanBase

/// The lists that the values of a pickle point into.
struct PickleMemory {
  var sequences: [[PickleValue]] = []
  var dictionaries: [PickleDictionary] = []
  var tensors: [TorchTensor] = []
  /// Bytes of an element, for every storage that was named.
  var storageWidths: [String: Int] = [:]
}

/// Reads a pickle (protocols 2 to 5) of weights. It is no interpreter of Python: the only things that can be
/// named are those of `PickleGlobal`, and "calling" them builds a `PickleValue`.
struct PickleMachine {
  /// Far above any file of weights; keeps a hostile file from using up time and memory.
  static let mostOperations = 2_000_000
  /// Bytes of a text that may be the name of something. Longer ones, such as notes kept beside weights, are passed
  /// over: a name is repeated in the path of everything below it.
  static let longestName = 1024

  var cursor: ByteCursor
  var memory = PickleMemory()
  var stack: [PickleValue] = []
  private var marks: [Int] = []
  private var memo: [Int: PickleValue] = [:]
  private var operations = 0

  init(_ cursor: ByteCursor) { self.cursor = cursor }

  /// Runs up to STOP and returns the one value that remains. The cursor then stands behind the pickle.
  /// - Throws: `GanError` (checkpoint) for a damaged pickle, or one that names anything not allowed.
  mutating func run() throws -> PickleValue {
    stack = []
    marks = []
    memo = [:]
    while true {
      try count(1)
      let position = cursor.position
      let byte = try cursor.byte()
      guard let operation = PickleOperation(rawValue: byte) else {
        throw cursor.problem("an unknown or refused instruction, \(byte), at byte \(position)")
      }
      if operation == .stop { break }
      try execute(operation)
    }
    guard stack.count == 1, marks.isEmpty, let value = stack.last else {
      throw cursor.problem("a pickle that leaves \(counted(stack.count, "value"))")
    }
    return value
  }

  /// Every instruction and every element that is copied counts.
  mutating func count(_ work: Int) throws {
    operations += work
    guard operations <= Self.mostOperations else { throw cursor.problem("a pickle that is too long to be weights") }
  }

  private mutating func execute(_ operation: PickleOperation) throws {
    switch operation.group {
    case .frame: try executeFrame(operation)
    case .literal: stack.append(try literal(operation))
    case .memo: try executeMemo(operation)
    case .stack: try executeStack(operation)
    case .sequence: try executeSequence(operation)
    case .dictionary: try executeDictionary(operation)
    case .call: try executeCall(operation)
    }
  }

  private mutating func executeFrame(_ operation: PickleOperation) throws {
    if operation == .frame {
      _ = try cursor.count64()
    } else {
      let version = try cursor.byte()
      guard version <= 5 else { throw cursor.problem("pickle protocol \(version), expected 2 to 5") }
    }
  }

  private mutating func executeMemo(_ operation: PickleOperation) throws {
    switch operation {
    case .binPut: memo[Int(try cursor.byte())] = try top()
    case .longBinPut: memo[Int(try cursor.number(UInt32.self))] = try top()
    case .memoize: memo[memo.count] = try top()
    default:
      let place = operation == .binGet ? Int(try cursor.byte()) : Int(try cursor.number(UInt32.self))
      guard let value = memo[place] else { throw cursor.problem("a reference to value \(place), which is not there") }
      stack.append(value)
    }
  }

  private mutating func executeStack(_ operation: PickleOperation) throws {
    switch operation {
    case .mark: marks.append(stack.count)
    case .popMark: _ = try popMark()
    case .duplicate: stack.append(try top())
    default:
      if marks.last == stack.count { marks.removeLast() } else { _ = try pop() }
    }
  }

  // MARK: The stack

  func top() throws -> PickleValue {
    guard let value = stack.last, stack.count > (marks.last ?? 0) else { throw cursor.problem("an empty stack") }
    return value
  }

  mutating func pop() throws -> PickleValue {
    let value = try top()
    stack.removeLast()
    return value
  }

  /// Everything above the last mark.
  mutating func popMark() throws -> [PickleValue] {
    guard let mark = marks.popLast(), mark <= stack.count else { throw cursor.problem("an end without a beginning") }
    let values = Array(stack[mark...])
    stack.removeSubrange(mark...)
    return values
  }

  // MARK: Containers

  mutating func pushTuple(_ values: [PickleValue]) {
    stack.append(.tuple(memory.sequences.count))
    memory.sequences.append(values)
  }

  private mutating func executeSequence(_ operation: PickleOperation) throws {
    switch operation {
    case .emptyTuple: pushTuple([])
    case .tuple: pushTuple(try popMark())
    case .tuple1: pushTuple([try pop()])
    case .tuple2, .tuple3:
      var values: [PickleValue] = []
      for _ in 0..<(operation == .tuple2 ? 2 : 3) { values.append(try pop()) }
      pushTuple(values.reversed())
    case .emptyList, .emptySet: pushList([])
    case .frozenSet: pushList(try popMark())
    default:
      let values = operation == .append ? [try pop()] : try popMark()
      guard case .list(let place) = try top() else { throw cursor.problem("elements for a \(try top().kind)") }
      memory.sequences[place] += values
    }
  }

  mutating func pushList(_ values: [PickleValue]) {
    stack.append(.list(memory.sequences.count))
    memory.sequences.append(values)
  }

  private mutating func executeDictionary(_ operation: PickleOperation) throws {
    switch operation {
    case .emptyDictionary: try pushDictionary([])
    case .dictionary: try pushDictionary(try popMark())
    default:
      var values: [PickleValue]
      if operation == .setItem {
        values = [try pop()]
        values.insert(try pop(), at: 0)
      } else {
        values = try popMark()
      }
      guard case .dictionary(let place) = try top() else { throw cursor.problem("entries for a \(try top().kind)") }
      try set(values, in: place)
    }
  }

  mutating func pushDictionary(_ keysAndValues: [PickleValue]) throws {
    let place = memory.dictionaries.count
    memory.dictionaries.append(PickleDictionary())
    try set(keysAndValues, in: place)
    stack.append(.dictionary(place))
  }

  private mutating func set(_ keysAndValues: [PickleValue], in place: Int) throws {
    guard keysAndValues.count % 2 == 0 else { throw cursor.problem("a key without a value") }
    for index in stride(from: 0, to: keysAndValues.count, by: 2) {
      memory.dictionaries[place].set(keysAndValues[index], keysAndValues[index + 1])
    }
  }
}
