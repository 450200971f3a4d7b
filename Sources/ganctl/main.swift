import GanCLI
