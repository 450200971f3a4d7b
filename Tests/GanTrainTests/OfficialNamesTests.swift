import GanBase
import GanConfig
import GanData
import GanModels
import Testing

@testable import GanTrain

@Suite struct OfficialNamesTests {
  @Test func whatTheyMeanExists() {
    let known = Set(
      RunSettings.options.map(\.key) + DataOptions.options.map { "data." + $0.key }
        + TrainSettings.options.map { "train." + $0.key }
        + Registry.models.flatMap { $0.optionKeys.map { "model." + $0 } })
    #expect(OfficialNames.table.allPaths.subtracting(known) == [])
  }

  @Test func configurationsOfOtherProgramsAreAnswered() {
    let text = """
      lr: 2e-4
      gpu_ids: 0
      epochs: 5
      batch_size: 4
      model:
        name: cyclegan
        netG: resnet_9blocks
        input_nc: 3
        no_dropout: true
        lambda_A: 10
      data:
        dataroot: x
        batchSize: 1
        fineSize: 256
        loadSize: 286
      train:
        niter: 100
        niter_decay: 100
        n_epochs: 100
      """
    do {
      var document = try ConfigDocument(text: text, name: "c.yaml")
      _ = try TrainingConfiguration(&document)
      Issue.record("it was accepted")
    } catch let error as GanError {
      #expect(error.code == .usage)
      let answers = error.diagnostics.dropFirst(0).map { "\($0.location ?? "-") \($0.help ?? "-")" }
      let expected = [
        "c.yaml:1:1 here it is called learning_rate, and belongs in the section model",
        "c.yaml:2:1 ganctl computes on the CPU; leave it out",
        "c.yaml:3:1 epochs belongs in the section train", "c.yaml:4:1 batch_size belongs in the section data",
        "c.yaml:7:3 here it is called generator", "c.yaml:8:3 here it is called input_channels",
        "c.yaml:9:3 here it is called dropout; no_dropout: true is dropout: false",
        "c.yaml:10:3 here it is called lambda_a",
        "c.yaml:12:3 here it is called root", "c.yaml:13:3 here it is called batch_size",
        "c.yaml:14:3 here it is called crop_size", "c.yaml:15:3 here it is called load_size",
        "c.yaml:17:3 here it is called epochs", "c.yaml:18:3 here it is called decay_epochs",
        "c.yaml:19:3 here it is called epochs",
      ]
      #expect(Set(expected).subtracting(answers) == [], "\(error.description)")
    } catch {
      Issue.record("\(error)")
    }
  }
}
