import GanConfig

/// Option names of the official programs, mapped to the names here: pytorch-CycleGAN-and-pix2pix in all its versions,
/// CUT, StarGAN, UNIT and MUNIT, DRIT, U-GAT-IT and NICE-GAN. Names that do not differ are not listed.
package enum OfficialNames {
  package static let table = ForeignNames(
    networks.merging(optimization) { $1 }.merging(pictures) { $1 }.merging(schedule) { $1 }
      .merging(cadence) { $1 }.merging(surroundings) { $1 })

  private typealias Names = [String: ForeignNames.Meaning]

  private static func option(_ paths: String..., advice: String? = nil) -> ForeignNames.Meaning {
    ForeignNames.Meaning(paths, advice: advice)
  }

  private static func advice(_ text: String) -> ForeignNames.Meaning { ForeignNames.Meaning([], advice: text) }

  private static let networks: Names = [
    "netG": option("model.generator"), "which_model_netG": option("model.generator"),
    "netD": option("model.discriminator"), "which_model_netD": option("model.discriminator"),
    "input_nc": option("model.input_channels", "model.channels"),
    "output_nc": option("model.output_channels", "model.channels"),
    "img_ch": option("model.channels", "model.input_channels"),
    "input_dim_a": option("model.input_channels"), "input_dim_b": option("model.output_channels"),
    "n_layers_D": option("model.n_layers_d"),
    "no_dropout": option("model.dropout", advice: "no_dropout: true is dropout: false"),
    "gan_loss": option("model.gan_mode", "model.gan_type"), "no_lsgan": advice("write gan_mode: vanilla for it"),
    "gan_mode": option("model.gan_type"), "gan_type": option("model.gan_mode"),
    "conv_dim": option("model.g_conv_dim"), "num_domains": advice("domains are counted from the data; leave it out"),
    "c_dim": advice("domains and attributes are counted from the data; leave it out"),
    "c2_dim": advice("domains and attributes are counted from the data; leave it out"),
    "CUT_mode": option("model.mode"), "netF": advice("it is always mlp_sample; leave it out"),
    "netF_nc": option("model.netf_nc"), "nce_T": option("model.nce_t"),
    "normG": option("model.norm", advice: "of both networks"),
    "normD": option("model.norm", advice: "of both networks"),
    "no_antialias": option("model.antialias", advice: "no_antialias: true is antialias: up"),
    "no_antialias_up": option("model.antialias", advice: "no_antialias_up: true is antialias: down"),
    "no_ms": option("model.mode_seeking", advice: "no_ms: true is mode_seeking: false"),
    "gen": advice("options of the generators are gen_dim, gen_n_res and so on, in the section model"),
    "dis": advice("options of the discriminators are dis_dim, dis_n_layer and so on, in the section model"),
    "style_dim": option("model.gen_style_dim"), "mlp_dim": option("model.gen_mlp_dim"),
    "dim": option("model.gen_dim"), "n_res_blocks": option("model.gen_n_res", "model.n_res"),
  ]

  private static let optimization: Names = [
    "lr": option("model.learning_rate", "model.g_lr"), "b1": option("model.beta1"),
    "b2": option("model.beta2"), "lambda": option("model.lambda_l1"),
    "g_lr": option("model.learning_rate"), "lr_G": option("model.learning_rate", "model.g_lr"),
    "d_lr": option("model.learning_rate_d"), "lr_D": option("model.learning_rate_d", "model.d_lr"),
    "optim": option("model.optimizer"),
    "ema_decay": option("train.ema"), "ema_beta": option("train.ema"),
    "ema_kimg": option("train.ema_half_life", advice: "in pictures, not thousands"),
    "lambda_L1": option("model.lambda_l1"), "lambda_A": option("model.lambda_a"), "lambda_B": option("model.lambda_b"),
    "lambda_cycle": option("model.lambda_a"),
    "lambda_GAN": option("model.lambda_gan"), "lambda_NCE": option("model.lambda_nce"),
    "lambda_cyc": option("model.lambda_a"), "lambda_id": option("model.lambda_identity"),
    "lambda_idt": option("model.lambda_identity"), "identity": option("model.lambda_identity"),
    "lr_decay_iters": option("train.step_epochs", advice: "in epochs"),
    "gamma": option("train.step_factor"),
    "step_size": option("train.step_epochs", advice: "in epochs"),
    "weight_cycle": option("model.cycle_weight"), "weight_identity": option("model.identity_weight"),
  ]

  private static let pictures: Names = [
    "dataroot": option("data.root"), "data_root": option("data.root"), "data_dir": option("data.root"),
    "dataset": option("data.root"), "dataset_dir": option("data.root"), "dataset_path": option("data.root"),
    "celeba_image_dir": option("data.root"), "rafd_image_dir": option("data.root"),
    "attr_path": option("data.attributes"), "selected_attrs": option("data.selected_attributes"),
    "celeba_crop_size": option("data.centre_crop"), "rafd_crop_size": option("data.centre_crop"),
    "center_crop": option("data.centre_crop"),
    "batchSize": option("data.batch_size"), "batch": option("data.batch_size"), "bs": option("data.batch_size"),
    "loadSize": option("data.load_size"), "load": option("data.load_size"), "new_size": option("data.load_size"),
    "resize_size": option("data.load_size"), "fineSize": option("data.crop_size"),
    "crop_image_height": option("data.crop_size"), "crop_image_width": option("data.crop_size"),
    "img_size": option("data.crop_size"), "image_size": option("data.crop_size"), "size": option("data.crop_size"),
    "img_height": option("data.crop_size"), "img_width": option("data.crop_size"),
    "resolution": option("data.crop_size"),
    "resize_or_crop": option("data.preprocess"), "no_flip": option("data.flip", advice: "no_flip: true is flip: false"),
    "serial_batches": option("data.serial"), "max_dataset_size": option("data.max_pictures"),
    "which_direction": option("data.direction"), "dataset_mode": option("data.mode", advice: "which may be left out"),
  ]

  private static let schedule: Names = [
    "niter": option("train.epochs"), "n_epochs": option("train.epochs"), "num_epochs": option("train.epochs"),
    "n_epoch": option("train.epochs"), "max_epochs": option("train.epochs"),
    "niter_decay": option("train.decay_epochs"), "n_epochs_decay": option("train.decay_epochs"),
    "decay_epoch": option("train.decay_epochs", advice: "the number of epochs with decay, not the first of them"),
    "n_ep": option("train.epochs", advice: "and those after n_ep_decay are decay_epochs"),
    "n_ep_decay": option("train.epochs", advice: "further epochs, with decay, are decay_epochs"),
    "num_iters": option("train.steps"), "max_iter": option("train.steps"), "iteration": option("train.steps"),
    "iterations": option("train.steps"), "n_iters": option("train.steps"), "total_iters": option("train.steps"),
    "num_iters_decay": option("train.decay_epochs", advice: "in epochs"),
    "decay_flag": option("train.lr_policy", advice: "linear or constant"),
  ]

  private static let cadence: Names = [
    "save_epoch_freq": option("train.epoch_checkpoint_every"), "save_latest_freq": option("train.checkpoint_every"),
    "save_freq": option("train.checkpoint_every"), "model_save_step": option("train.checkpoint_every"),
    "snapshot_save_iter": option("train.checkpoint_every"), "model_save_freq": option("train.checkpoint_every"),
    "save_every": option("train.checkpoint_every"),
    "display_freq": option("train.sample_every"), "sample_step": option("train.sample_every"),
    "image_save_iter": option("train.sample_every"), "image_display_iter": option("train.sample_every"),
    "img_save_freq": option("train.sample_every"), "display_size": option("train.sample_count"),
    "print_freq": option("train.log_every"), "log_step": option("train.log_every"),
    "log_iter": option("train.log_every"),
  ]

  private static let surroundings: Names = [
    "gpu_ids": cpu, "gpu": cpu, "gpus": cpu, "cuda": cpu, "device": cpu,
    "benchmark_flag": cpu, "use_tensorboard": notNeeded, "use_wandb": notNeeded,
    "display_id": notNeeded, "display_port": notNeeded, "display_server": notNeeded, "display_env": notNeeded,
    "display_winsize": notNeeded, "display_ncols": notNeeded, "no_html": notNeeded, "update_html_freq": notNeeded,
    "verbose": notNeeded, "suffix": notNeeded, "isTrain": notNeeded,
    "num_threads": threads, "nThreads": threads, "num_workers": threads, "workers": threads, "threads": threads,
    "checkpoints_dir": runFolder, "model_save_dir": runFolder, "sample_dir": runFolder, "log_dir": runFolder,
    "result_dir": runFolder, "results_dir": runFolder, "output_path": runFolder, "run": runFolder,
    "continue_train": resume, "resume": resume, "resume_iters": resume, "epoch_count": resume, "which_epoch": resume,
    "load_iter": resume, "random_seed": option("seed"),
  ]

  private static let cpu = advice("ganctl computes on the CPU; leave it out")
  private static let notNeeded = advice("ganctl has nothing like it; leave it out")
  private static let threads = advice("give --threads N on the command line")
  private static let runFolder = advice("the folder of a run is given on the command line: --run DIR")
  private static let resume = advice("a run is continued with: ganctl train --resume RUN")
}
