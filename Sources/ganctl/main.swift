import Foundation
import GanBase
import GanCLI

exit(Program.main(ProcessArguments.bytes))
