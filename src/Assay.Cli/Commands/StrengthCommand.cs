using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Assay.Cli.Outputs;
using Assay.Cli.Strength;
using Assay.Cli.Training;
using Assay.Data.Reading;
using Assay.Evaluation;
using Assay.Evaluation.Strength;
using Assay.Reward.Training;
using Assay.Reward.Training.CrossFitting;
using Assay.Reward.Training.Settings;

namespace Assay.Cli.Commands;

/// <summary><c>assay strength</c>: which labels look wrong to models that did not see them.</summary>
internal static class StrengthCommand
{
    private const string Examples = """
          assay strength --model all-minilm-l6-v2 --data pairs.jsonl --output-dir strength
          assay strength --config runs/hh-minilm.yaml --folds 10 --seeds 5 --output-dir strength
          assay strength --model quickstart/base --data pairs.jsonl --learning-rate 2.5e-3 --output-dir strength --resume
          assay label merge --key strength/to-label.key.jsonl --labels labelled.jsonl --output checked.jsonl
        """;

    private const int DefaultFolds = 5,
        DefaultSeeds = 3;

    /// <summary>
    /// Settings that say what is held out, or what a thrown-away model would leave behind: the folds say the one, and nothing is left.
    /// </summary>
    private static readonly string[] NotHere =
    [
        "eval_data",
        "eval_split",
        "split",
        "per_device_eval_batch_size",
        "allow_shared_prompts",
        "seeds",
    ];

    private const string LoggingGroup = "Logging, evaluation, checkpoints";

    public static Command Create()
    {
        var config = new Option<string?>("--config")
        {
            Description =
                "YAML recipe of assay train, say of the run the pairs are meant for; what it says of held-out data and checkpoints is left aside. Flags override it.",
            HelpName = "FILE",
        };
        var folds = new Option<int>("--folds")
        {
            Description = "Parts the prompts are dealt into; each model is trained on all but one of them and judges that one.",
            DefaultValueFactory = _ => DefaultFolds,
            HelpName = "N",
        };
        var seeds = new Option<int>("--seeds")
        {
            Description =
                "How often that is done, each time with other folds, another head and another order. FOLDS x SEEDS models are trained.",
            DefaultValueFactory = _ => DefaultSeeds,
            HelpName = "N",
        };
        var flipBelow = new Option<double>("--flip-below")
        {
            Description =
                "A label is proposed for flipping where every model is against it and its chance, calibrated, is below this; at most 0.5.",
            DefaultValueFactory = _ => StrengthFigures.DefaultFlipBelow,
            HelpName = "P",
        };
        var resume = new Option<bool>("--resume")
        {
            Description = "Go on in the output folder: models whose scores are there are not trained again.",
        };
        var json = new Option<bool>("--json") { Description = "Print strength.json." };
        var settings = Setting
            .All.Where(setting => setting.Group != LoggingGroup && !NotHere.Contains(setting.Name))
            .Select(TrainingVerb.FlagOf)
            .ToList();
        var command = new Command(
            "strength",
            "Measure how strongly models that did not see a pair hold with its label (cross-fitting by prompt), and write out the pairs whose labels people should look at, or that are probably the wrong way round. One epoch unless told otherwise; other settings as in assay train."
        )
        {
            config,
            folds,
            seeds,
            flipBelow,
            resume,
            json,
        };
        foreach (var (setting, option) in settings)
        {
            if (setting.Name == "output_dir")
                option.Description = "Folder for the figures, the pairs with their strength, and the file for people.";
            command.Add(option);
        }
        var overwrite = new OverwriteOption(command);
        command.SetAction(parsed =>
        {
            var notes = new List<string>();
            GivenSetting[] flags =
            [
                .. settings
                    .Where(s => parsed.GetResult(s.Option) is { Implicit: false })
                    .Select(s => new GivenSetting(s.Setting.Name, TrainingVerb.Values(parsed, s.Option), s.Setting.Flag)),
            ];
            var read = SettingsReader.Read(
                [
                    new GivenSetting("num_train_epochs", ["1"], "the default of assay strength"),
                    .. parsed.GetValue(config) is { } recipe ? Recipe.Read(recipe) : [],
                    .. flags,
                ],
                notes
            );
            foreach (var note in notes)
                Terminal.Note(note);
            read = read with { Data = DataFiles.Expand(read.Data, FromHub.Data) };
            // A recipe's folder is the trained model's.
            if (flags.All(flag => flag.Name != "output_dir"))
                throw new UsageException("--output-dir is missing: name the folder to write to");
            // A run that is gone on with knows its own files, and refuses those of another.
            using var claim = OutputClaim.WholeFolder(
                "strength",
                read.OutputDir!,
                [read.Model is null ? null : ModelFolder.Of(read.Model), .. read.Data, read.ChatTemplate, parsed.GetValue(config)],
                parsed.GetValue(resume) ? Existing.Overwrite : overwrite.Read(parsed)
            );
            return Run(
                FromHub.Start(read),
                parsed.GetValue(folds),
                parsed.GetValue(seeds),
                parsed.GetValue(flipBelow),
                parsed.GetValue(resume) ? RunStart.Resume : RunStart.Fresh,
                parsed.GetValue(json)
            );
        });
        return ExamplesHelp.On(command, Examples);
    }

    private static int Run(TrainingSettings settings, int folds, int seeds, double flipBelow, RunStart start, bool json)
    {
        if (folds < 2)
            throw new UsageException($"--folds is {folds}; wanted 2 or more");
        if (seeds < 1)
            throw new UsageException($"--seeds is {seeds}; wanted 1 or more");
        if (!(flipBelow is > 0 and <= 0.5))
            throw new UsageException($"--flip-below is {flipBelow.ToString(CultureInfo.InvariantCulture)}; wanted above 0 and at most 0.5");
        var folder = settings.OutputDir!;
        var label = Path.Combine(folder, StrengthRun.LabelFile);
        if (File.Exists(label))
            throw new UsageException($"{label} is there already and may hold labels; move it and its key elsewhere first");
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        CrossFitResult result;
        try
        {
            var progress = new StrengthProgress(TimeProvider.System, folds * seeds);
            result = new CrossFit(settings, folds, seeds, TimeProvider.System)
            {
                Start = start,
                Observer = StrengthProgress.Observer,
                Updated = progress.Show,
                Finished = progress.Done,
            }.Execute(folder, stop.Token);
        }
        finally
        {
            Terminal.EndLive();
        }
        var report = StrengthRun.Write(result, settings, folds, seeds, flipBelow, folder);
        if (json)
            Terminal.PrintJson(JsonSerializer.SerializeToNode(report, EvaluationJson.Options)!);
        else
            StrengthTable.Print(report, folder);
        return ExitCode.Success;

        // A model half trained is lost, finished ones stay; a second signal ends the process at once.
        void Stop(PosixSignalContext context)
        {
            if (stop.IsCancellationRequested)
                return;
            context.Cancel = true;
            Terminal.Note("stopping; --resume goes on with the model that is being trained now. Press Ctrl-C again to stop at once");
            stop.Cancel();
        }
    }
}
