import Foundation
import GanBase
import Testing

@testable import GanStore

@Suite struct StoredTensorTests {
  private func tensor<Element: BitwiseCopyable>(_ type: StoredType, _ elements: [Element]) -> StoredTensor {
    StoredTensor(name: "t", type: type, shape: [elements.count], bytes: ByteView(copying: elements), path: "file")
  }

  @Test func convertsEveryType() throws {
    let bfloats: [UInt16] = [0x3F80, 0xC000, 0x7F80]
    #expect(try tensor(.F32, [Float(1.5), -2]).floats() == [1.5, -2])
    #expect(try tensor(.F64, [0.1, -2.0]).floats() == [0.1, -2])
    #expect(try tensor(.F16, [Float16(0.5), -65504]).floats() == [0.5, -65504])
    #expect(try tensor(.BF16, bfloats).floats() == [1, -2, .infinity])
    #expect(try tensor(.I64, [Int64(-3), 1 << 24]).floats() == [-3, 0x1p24])
    #expect(try tensor(.I32, [Int32(-3)]).floats() == [-3])
    #expect(try tensor(.I16, [Int16.min]).floats() == [-32768])
    #expect(try tensor(.I8, [Int8(-128)]).floats() == [-128])
    #expect(try tensor(.U8, [UInt8(255)]).floats() == [255])
    #expect(try tensor(.BOOL, [UInt8(0), 1, 7]).floats() == [0, 1, 1])
    #expect(try tensor(.F32, [Float]()).floats() == [])
  }

  @Test func refusesWhatWouldLoseDigits() {
    #expect(failure(.checkpoint) { try tensor(.I64, [Int64(1), 1 << 24 + 1]).floats() }.contains("16777217"))
  }

  @Test func shapeIsChecked() throws {
    let tensor = tensor(.F32, [Float(1), 2])
    try tensor.expect(shape: [2])
    let text = failure(.checkpoint) { try tensor.expect(shape: [2, 1]) }
    #expect(text.contains("expected shape [2, 1], found [2]") && text.contains("file"))
  }

  @Test func checksumIsThatOfZip() {
    #expect(Array("123456789".utf8).withUnsafeBytes { CRC32.checksum($0) } == 0xCBF4_3926)
    #expect(CRC32.text(0xAB) == "000000ab")
  }
}
