import Foundation
import GanTestSupport
import Testing

/// docs/adding-a-model.md shows a model as it is shipped.
@Suite struct GuideTests {
  @Test func theGuideShowsDiscoGANAsItIs() throws {
    func text(_ path: String) throws -> String {
      try String(contentsOfFile: "\(Repository.path)/\(path)", encoding: .utf8)
    }
    let source = try text("Sources/GanModels/DiscoGAN/DiscoGAN.swift")
    let model = try #require(source.range(of: "/// DiscoGAN").map { source[$0.lowerBound...] })
    #expect(try text("docs/adding-a-model.md").contains("```swift\n" + model + "```"))
  }
}
