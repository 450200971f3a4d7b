import GanBase
import Testing

@Suite struct OverrideTests {
  @Test func overridesWinOverTheFileAndEachOther() throws {
    let text = "train: {epochs: 3, rate: 0.5}"
    let settings = try decoded(text, overrides: ["train.epochs=4", "train.epochs=5", "train.flip = off"])
    #expect(settings.epochs == 5)
    #expect(settings.rate == 0.5)
    #expect(!settings.flip)
  }

  @Test func valuesAreTakenAsTheyStand() throws {
    #expect(try decoded("", overrides: ["train.folder=a: b #c*=d"]).folder == "a: b #c*=d")
    #expect(try decoded("", overrides: ["train.folder=*.png"]).folder == "*.png")
    #expect(try decoded("", overrides: ["train.folder='x y'"]).folder == "x y")
    #expect(try decoded("", overrides: ["train.folder=\"null\""]).folder == "null")
    #expect(try decoded("", overrides: ["train.sizes=[1, 2]"]).sizes == [1, 2])
    #expect(try decoded("train: {workers: 4}", overrides: ["train.workers="]).workers == nil)
    #expect(try decoded("", overrides: ["train={epochs: 9}"]).epochs == 9)
  }

  @Test func faultsNameTheOverride() {
    #expect(
      faults("", overrides: ["train.epochs=x"]).first?.rendered == """
        --set train.epochs=x: train.epochs: expected a whole number, found "x"
          help: train.epochs takes a whole number, 1 to 1000 (default 200): passes over the pictures
        """)
    #expect(
      faults("", overrides: ["train.epohcs=3"]).first?.rendered == """
        --set train.epohcs=3: unknown option "epohcs" in section train
          help: did you mean epochs?
        """)
    #expect(faults("", overrides: ["trian.epochs=3"]).first?.help == "did you mean train?")
    #expect(faults("", overrides: ["epochs=3"]).first?.help == "write --set train.epochs=VALUE")
    #expect(faults("", overrides: ["train.sizes=[1, 2"]).first?.location == "--set train.sizes=[1, 2")
    for malformed in ["", "=", "train.epochs", "=5", "train.=5", ".epochs=5", "."] {
      #expect(faults("", overrides: [malformed]).count == 1)
    }
  }

  @Test func aSectionThatIsNoneIsStillReported() {
    #expect(faults("train: 5", overrides: ["train.epochs=3"]).map(\.location) == ["a.yaml:1:8"])
  }

  @Test func errorsInTheFileThatAnOverrideReplacesAreGone() throws {
    #expect(try decoded("train: {epochs: wrong}", overrides: ["train.epochs=3"]).epochs == 3)
  }
}
