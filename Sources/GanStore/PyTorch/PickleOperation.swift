/// The instructions of pickle protocols 2 to 5 that files of weights use. Names as in Python's `pickletools`;
/// missing ones (text forms of protocol 0, extension codes, out-of-band buffers) are refused.
enum PickleOperation: UInt8 {
  case proto = 0x80
  case frame = 0x95
  case stop = 0x2E
  case none = 0x4E
  case newTrue = 0x88
  case newFalse = 0x89
  case binInt = 0x4A
  case binInt1 = 0x4B
  case binInt2 = 0x4D
  case long1 = 0x8A
  case long4 = 0x8B
  case binFloat = 0x47
  case binString = 0x54
  case shortBinString = 0x55
  case binUnicode = 0x58
  case shortBinUnicode = 0x8C
  case binUnicode8 = 0x8D
  case binBytes = 0x42
  case shortBinBytes = 0x43
  case binBytes8 = 0x8E
  case byteArray8 = 0x96
  case binPut = 0x71
  case longBinPut = 0x72
  case memoize = 0x94
  case binGet = 0x68
  case longBinGet = 0x6A
  case mark = 0x28
  case pop = 0x30
  case popMark = 0x31
  case duplicate = 0x32
  case emptyTuple = 0x29
  case tuple = 0x74
  case tuple1 = 0x85
  case tuple2 = 0x86
  case tuple3 = 0x87
  case emptyList = 0x5D
  case append = 0x61
  case appends = 0x65
  case emptySet = 0x8F
  case addItems = 0x90
  case frozenSet = 0x91
  case emptyDictionary = 0x7D
  case dictionary = 0x64
  case setItem = 0x73
  case setItems = 0x75
  case global = 0x63
  case stackGlobal = 0x93
  case reduce = 0x52
  case newObject = 0x81
  case newObjectEx = 0x92
  case build = 0x62
  case binPersistentID = 0x51

  enum Group { case frame, literal, memo, stack, sequence, dictionary, call }

  var group: Group {
    switch self {
    case .proto, .frame, .stop: .frame
    case .none, .newTrue, .newFalse, .binInt, .binInt1, .binInt2, .long1, .long4, .binFloat, .binString,
      .shortBinString, .binUnicode, .shortBinUnicode, .binUnicode8, .binBytes, .shortBinBytes, .binBytes8, .byteArray8:
      .literal
    case .binPut, .longBinPut, .memoize, .binGet, .longBinGet: .memo
    case .mark, .pop, .popMark, .duplicate: .stack
    case .emptyTuple, .tuple, .tuple1, .tuple2, .tuple3, .emptyList, .append, .appends, .emptySet, .addItems,
      .frozenSet:
      .sequence
    case .emptyDictionary, .dictionary, .setItem, .setItems: .dictionary
    case .global, .stackGlobal, .reduce, .newObject, .newObjectEx, .build, .binPersistentID: .call
    }
  }
}

extension PickleMachine {
  mutating func literal(_ operation: PickleOperation) throws -> PickleValue {
    switch operation {
    case .newTrue: return .bool(true)
    case .newFalse: return .bool(false)
    case .binInt: return .integer(Int(try cursor.number(Int32.self)))
    case .binInt1: return .integer(Int(try cursor.byte()))
    case .binInt2: return .integer(Int(try cursor.number(UInt16.self)))
    case .long1: return try long(Int(try cursor.byte()))
    case .long4: return try long(Int(try cursor.number(UInt32.self)))
    case .binFloat:
      try cursor.skip(8)
      return .other("number")
    case .binString, .binUnicode: return try text(Int(try cursor.number(UInt32.self)), operation)
    case .shortBinString, .shortBinUnicode: return try text(Int(try cursor.byte()), operation)
    case .binUnicode8: return try text(try cursor.count64(), operation)
    case .binBytes: return try bytes(Int(try cursor.number(UInt32.self)))
    case .shortBinBytes: return try bytes(Int(try cursor.byte()))
    case .binBytes8, .byteArray8: return try bytes(try cursor.count64())
    default: return .none
    }
  }

  /// A signed little-endian integer of any length; those beyond 64 bits matter to no tensor.
  private mutating func long(_ count: Int) throws -> PickleValue {
    let digits = try cursor.bytes(count)
    guard (1...8).contains(count) else { return count == 0 ? .integer(0) : .other("large integer") }
    var value: Int = digits[count - 1] >= 0x80 ? -1 : 0
    for index in (0..<count).reversed() { value = value << 8 | Int(digits[index]) }
    return .integer(value)
  }

  /// Python 2 wrote its names as byte strings.
  private mutating func text(_ count: Int, _ operation: PickleOperation) throws -> PickleValue {
    guard count <= Self.longestName else {
      try cursor.skip(count)
      return .other("long text")
    }
    if operation == .binString || operation == .shortBinString {
      return try cursor.bytes(count).utf8.map { .string($0) } ?? .other("bytes")
    }
    return .string(try cursor.string(count))
  }

  private mutating func bytes(_ count: Int) throws -> PickleValue {
    try cursor.skip(count)
    return .other("bytes")
  }
}
