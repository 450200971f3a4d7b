import GanConfig
import GanData
import GanModels
import GanTrain

/// Help pages on configurations, generated from the declared options.
enum ConfigurationTopics {
  static var all: [CommandTable.Topic] { [configuration] + Registry.models.map(model) }

  private static var configuration: CommandTable.Topic {
    CommandTable.Topic("config", summary: "The options of a configuration, except the model's") {
      """
      A configuration is a YAML file. 'ganctl init --data DIR' writes one for your
      pictures. Options that are left out keep the paper's value, so this is enough:

          model:
            name: cyclegan
          data:
            root: data/horse2zebra

      Any option can be given on the command line instead: --set train.epochs=5

      options outside of sections:
      \(documentation(of: RunSettings.self))
      section model:
        name: one of \(Registry.names.joined(separator: ", ")); 'ganctl help NAME' lists its options

      section data:
      \(documentation(of: DataOptions.self))
      section train:
      \(documentation(of: TrainSettings.self))
      section eval:
      \(documentation(of: EvalSettings.self))
      """
    }
  }

  private static func model(_ model: RegisteredModel) -> CommandTable.Topic {
    CommandTable.Topic(model.info.name, summary: "The options of \(model.info.title)") {
      """
      \(model.info.title), \(model.info.paper)
      Learns from \(model.info.pictures).

      section model:
      \(model.documentation())
      Weights of losses may change with the epochs. {1: 10, 51: 5, 60-100: 0} is 10 from
      epoch 1 on and 5 from epoch 51 on, and goes in a line from there in epoch 60 to 0
      in epoch 100:

          --set 'model.KEY={1: 10, 51: 5, 60-100: 0}'
      """
    }
  }
}
