import GanModels
import GanTensor

/// A model that can be held against its official program's numbers.
package struct VerifiableModel: Sendable {
  package let info: ModelInfo
  /// Does with a fixture what the official program did.
  /// - Throws: `GanError` (checkpoint) for a fixture that does not describe this model.
  package let replay: @Sendable (ParityFixture, ElementType) throws -> ParityRun

  private init<Model: ParityModel>(_ model: Model.Type) {
    info = model.info
    replay = { try ParityRun(model, $0, type: $1) }
  }

  package static let all: [VerifiableModel] = [
    VerifiableModel(Pix2Pix.self), VerifiableModel(CycleGAN.self), VerifiableModel(CUT.self),
    VerifiableModel(DiscoGAN.self), VerifiableModel(SRGAN.self),
    VerifiableModel(NICEGAN.self), VerifiableModel(UGATIT.self), VerifiableModel(UNIT.self),
    VerifiableModel(MUNIT.self), VerifiableModel(DRIT.self),
    VerifiableModel(DRITPlusPlus.self), VerifiableModel(StarGAN.self), VerifiableModel(INIT.self),
    VerifiableModel(DUNIT.self), VerifiableModel(InstaGAN.self),
  ]

  /// The model of a folder of official numbers, whose name may say behind a hyphen which variant they are of.
  package static func named(_ name: String) -> VerifiableModel? {
    all.first { $0.info.name == name } ?? all.first { $0.info.name == name.prefix { $0 != "-" } }
  }
}
