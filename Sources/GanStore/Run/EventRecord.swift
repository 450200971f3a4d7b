import GanBase

/// A record of an event file: an `Event` of TensorBoard, which begins with its time and its step.
struct EventRecord {
  private let event: ProtobufMessage

  /// - Parameter time: seconds since 1970.
  init(_ values: [ProtobufMessage], step: Int, at time: Double) {
    event = Self.event(step: step, at: time) { event in
      event.add(5) { summary in
        for value in values { summary.add(1, value) }
      }
    }
  }

  private init(_ event: ProtobufMessage) { self.event = event }

  /// What a file begins with.
  static func version(at time: Double) -> EventRecord {
    EventRecord(event(step: 0, at: time) { $0.add(3, "brain.Event:2") })
  }

  private static func event(
    step: Int, at time: Double, _ fill: (inout ProtobufMessage) -> Void
  ) -> ProtobufMessage {
    var event = ProtobufMessage()
    event.add(1, time)
    event.add(2, step)
    fill(&event)
    return event
  }

  /// As it is stored: length, its checksum, the event, its checksum.
  var framed: [UInt8] {
    let content = event.bytes, length = littleEndian(UInt64(content.count))
    return length + littleEndian(CRC32C.masked(length)) + content + littleEndian(CRC32C.masked(content))
  }

  // MARK: Values

  /// All numbers of a line of the log but its place; those of an evaluation are called `eval/fid` and so on.
  static func scalars(of line: JSONValue) -> [ProtobufMessage] {
    guard case .object(let members) = line else { return [] }
    return members.flatMap { name, value -> [ProtobufMessage] in
      if ["step", "epoch", "change", "changed", "begins"].contains(name) { return [] }
      if case .object(let parts) = value {
        return parts.compactMap { part, value in finite(value).map { scalar("\(name)/\(part)", $0) } }
      }
      return finite(value).map { [scalar(name, $0)] } ?? []
    }
  }

  /// JSON, and so the log on the disk, knows no other numbers.
  private static func finite(_ value: JSONValue) -> Double? { value.number.flatMap { $0.isFinite ? $0 : nil } }

  private static func scalar(_ tag: String, _ number: Double) -> ProtobufMessage {
    var value = ProtobufMessage()
    value.add(1, tag)
    value.add(2, Float(number))  // simple_value
    return value
  }

  /// A PNG file as it is; nil if it has gone: sheets may be removed by hand.
  static func sheet(_ path: FilePath) -> ProtobufMessage? {
    guard let bytes = try? InputFile(path, .environment).content(), bytes.count > 24 else { return nil }
    // Width and height come first.
    func number(_ place: Int) -> Int { bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) } }
    var value = ProtobufMessage()
    value.add(1, "samples")
    value.add(4) { image in
      image.add(1, number(20))  // height
      image.add(2, number(16))  // width
      image.add(3, 3)  // colorspace: RGB
      image.add(4, bytes)  // encoded_image_string
    }
    return value
  }

  // MARK: Reading

  /// The time of the last event of each step of a file, as far as it can be read.
  static func times(of path: FilePath) -> [Int: Double] {
    guard path.isFile, let file = try? InputFile(path, .environment) else { return [:] }
    var times: [Int: Double] = [:], place = 0
    // Length and checksum, then field 1 with eight bytes, then field 2 with up to nine.
    while let head = try? file.bytes(place..<min(place + 31, file.size)), head.count > 22 {
      func number(_ start: Int) -> UInt64 { head[start..<start + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) } }
      guard let length = Int(exactly: number(0)), length > 10, length <= file.size - place - 16 else { break }
      if head[12] == 0x09, head[21] == 0x10 {
        var step = 0
        for (index, byte) in head[22...].prefix(9).enumerated() {
          step |= Int(byte & 0x7F) << (7 * index)
          if byte < 0x80 { break }
        }
        times[step] = Double(bitPattern: number(13))
      }
      place += length + 16
    }
    return times
  }
}
