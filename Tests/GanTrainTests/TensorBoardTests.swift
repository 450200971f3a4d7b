import Foundation
import GanBase
import GanStore
import GanTestSupport
import Testing

@testable import GanTrain

/// The event file of a run. `scripts/check_tensorboard.py` reads it by TensorBoard itself.
@Suite struct TensorBoardTests {
  private struct Event: Equatable {
    let step: Int
    let tag: String
    /// nil for a picture.
    let value: Float?
  }

  private func file(_ tiny: TinyRun, _ name: String) -> [UInt8] {
    [UInt8](contents(of: tiny.path(name) + "/events.out.tfevents.0000000000.ganctl"))
  }

  /// All values of an event file, whose records must be whole.
  private func events(_ bytes: [UInt8]) throws -> [Event] {
    var place = 0, events: [Event] = [], count = 0
    func number(_ start: Int, _ size: Int) -> Int {
      bytes[start..<start + size].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    while place < bytes.count {
      let length = number(place, 8), content = Array(bytes[place + 12..<place + 12 + length])
      #expect(number(place + 8, 4) == masked(Array(bytes[place..<place + 8])))
      #expect(number(place + 12 + length, 4) == masked(content))
      let event = ProtobufReader(content)
      #expect(event.isWhole)
      if count == 0 { #expect(event.texts(3) == ["brain.Event:2"]) }
      for value in event.messages(5).flatMap({ $0.messages(1) }) {
        let number = value.integers(2).first.map { Float(bitPattern: UInt32($0)) }
        if number == nil {
          let picture = try #require(value.messages(4).first)
          #expect(picture.bytes(4).first?.starts(with: [0x89, 0x50, 0x4E, 0x47]) == true)
          #expect(picture.integers(1).first ?? 0 > 30 && picture.integers(3) == [3])
        }
        events.append(Event(step: event.integers(2).first ?? -1, tag: value.texts(1).first ?? "", value: number))
      }
      place += length + 16
      count += 1
    }
    return events
  }

  /// Written out bit by bit, unlike the program's.
  private func masked(_ bytes: [UInt8]) -> Int {
    var value: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      value ^= UInt32(byte)
      for _ in 0..<8 { value = value % 2 == 1 ? value / 2 ^ 0x82F6_3B78 : value / 2 }
    }
    value = ~value
    return Int((value >> 15 | value << 17) &+ 0xA282_EAD8)
  }

  /// What the log says.
  private func logged(_ tiny: TinyRun, _ name: String) throws -> [Event] {
    let text = String(decoding: contents(of: tiny.path(name) + "/log.jsonl"), as: UTF8.self)
    return try text.split(separator: "\n").flatMap { line -> [Event] in
      guard case .object(let members) = try JSONValue(parsing: String(line)) else { return [] }
      let step = members.first { $0.key == "step" }?.value.integer ?? -1
      return members.flatMap { name, value -> [Event] in
        if name == "step" || name == "epoch" { return [] }
        if case .object(let parts) = value {
          return parts.compactMap { part, value in
            value.number.map { Event(step: step, tag: "\(name)/\(part)", value: Float($0)) }
          }
        }
        return value.number.map { [Event(step: step, tag: name, value: Float($0))] } ?? []
      }
    }
  }

  /// Also after an interruption and, as after a kill, from an earlier checkpoint; with a torn event at the end.
  @Test func eventsSayWhatTheLogSays() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder), options = ["train.steps=14", "train.tensorboard=true", "train.sample_every=4"]
      try tiny.start("whole", options[0], options[1], options[2])
      let whole = try events(file(tiny, "whole"))
      let numbers = whole.filter { $0.value != nil }
      #expect(try numbers == logged(tiny, "whole") && numbers.count > 20)
      #expect(Set(numbers.map(\.tag)).isSuperset(of: ["G_GAN", "D_real", "learning_rate", "validation/L1"]))
      #expect(whole.filter { $0.value == nil }.map(\.step) == [0, 4, 8, 12, 14])

      try tiny.start("parts", stopAfter: 9, options[0], options[1], options[2])
      let path = tiny.path("parts") + "/events.out.tfevents.0000000000.ganctl"
      let early = try events(file(tiny, "parts"))
      try Data(file(tiny, "parts").dropLast(5)).write(to: URL(fileURLWithPath: path))
      try tiny.resume("parts/checkpoints/step-000005.safetensors")
      let parts = try events(file(tiny, "parts"))
      #expect(try parts.filter { $0.value != nil } == logged(tiny, "parts"))
      #expect(parts == whole && early.contains { $0.step == 9 })
    }
  }

  @Test func thereIsNoFileUnlessItIsWanted() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      try tiny.start("plain", stopAfter: 3, "train.steps=4")
      #expect(!FileManager.default.contents(atPath: tiny.path("plain") + "/log.jsonl")!.isEmpty)
      let path = tiny.path("plain") + "/events.out.tfevents.0000000000.ganctl"
      #expect(!FileManager.default.fileExists(atPath: path))
      // It may be asked for later, and then tells all from the beginning.
      try tiny.resume("plain", "train.tensorboard=true")
      let events = try events(file(tiny, "plain"))
      #expect(events.contains { $0.step == 1 } && !events.contains { $0.tag.contains("change") })
      #expect(
        events.filter { $0.value != nil }.count
          == (try logged(tiny, "plain")).filter { !$0.tag.contains("change") }.count)
    }
  }
}
