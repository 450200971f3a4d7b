import GanBase
import Testing

@testable import GanTensor

/// Operations for which there is no memory: nothing is touched, and the computation ends in an error.
@Suite struct OutOfMemoryTests {
  /// More bytes than any process has addresses for.
  private let tooLarge: Shape = [1 << 20, 1 << 25]

  private func expectRefusal(_ body: () throws -> Void) {
    let error = #expect(throws: GanError.self) { try OutOfMemory.guarding(body) }
    #expect(error?.code == .environment)
    #expect(error?.diagnostics[0].message.contains("out of memory: tensors take") == true)
  }

  @Test func aRefusedTensorIsNeverTouched() throws {
    let kept = Tensor([1, 2, 3, 4] as [Float], [2, 2])
    expectRefusal {
      let large = Tensor.zeros(tooLarge).variable()
      let sum = ((large + large).relu() * 3).sum()
      #expect(sum.item == 0)
      #expect(large.isFinite)
      _ = try gradients(of: [sum], withRespectTo: [large])
      kept.assign(kept + kept)
    }
    #expect(kept.floats == [1, 2, 3, 4])
    #expect((kept + kept).floats == [2, 4, 6, 8])
  }

  @Test func othersAreLeftAsTheyWere() throws {
    let picture = Tensor((0..<2 * 8 * 8 * 3).map { Float($0) }, [2, 8, 8, 3])
    let weight = Tensor((0..<3 * 3 * 3 * 8).map { Float($0 % 7) }, [3, 3, 3, 8])
    let expected = picture.convolved(weight, padding: 1).floats
    expectRefusal {
      _ = Tensor(uninitialized: tooLarge, .float32)
      // As in a computation that was cancelled, all work is skipped.
      _ = picture.convolved(weight, padding: 1)
      #expect(picture.floats.allSatisfy { $0 == 0 })
    }
    #expect(picture.convolved(weight, padding: 1).floats == expected)
  }

  @Test func threadsThatGetNoMemoryToWorkInEndTheirComputation() {
    expectRefusal {
      parallel(4, grain: 1, scratch: [1 << 47]) { _, _ in Issue.record("without memory") }
    }
  }

  @Test func mapsOfFixedNetworksAreNotTouchedEither() {
    expectRefusal {
      let map = BorderedMap(images: 1 << 45, height: 1, width: 1, channels: 3, border: 1)
      map.assign([1, 2, 3], to: 0)
    }
  }

  /// The innermost guard throws, and those around it go on.
  @Test func guardsWithinGuards() throws {
    let result = try OutOfMemory.guarding {
      #expect(throws: GanError.self) { try OutOfMemory.guarding { _ = Tensor.zeros(tooLarge) } }
      return Tensor([1, 2] as [Float], [2]).sum().item
    }
    #expect(result == 3)
  }

  @Test func errorsOfTheBodyGiveWay() {
    expectRefusal {
      _ = Tensor.zeros(tooLarge)
      throw GanError(.bug, "what a computation says that has lost its numbers does not matter")
    }
  }
}
