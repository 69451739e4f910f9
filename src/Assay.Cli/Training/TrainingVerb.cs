using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Runtime.InteropServices;
using Assay.Cli.Outputs;
using Assay.Data.Reading;
using Assay.Data.Records;
using Assay.Reward.Training;
using Assay.Reward.Training.Alarms;
using Assay.Reward.Training.Preflight;
using Assay.Reward.Training.Settings;

namespace Assay.Cli.Training;

/// <summary>
/// A verb that trains: a checkpoint and rows in, a model's folder out. Its flags are the settings of <see cref="TrainingSettings"/>;
/// recipe, resume, dry run, signals and the claim of the folder are the same for all.
/// </summary>
/// <param name="Name">The verb, as it is called: <c>process train</c>.</param>
/// <param name="Kind">What is trained, and so which settings there are.</param>
/// <param name="Description">One sentence.</param>
/// <param name="Rows">What a row is, for progress: <c>pairs</c>.</param>
/// <param name="Closing">The last lines of the help: where names and defaults come from, and examples.</param>
internal sealed record TrainingVerb(string Name, TrainingKind Kind, string Description, string Rows, string Closing)
{
    /// <summary>What it runs, of these settings.</summary>
    public required Func<TrainingSettings, FileRun> Begin { get; init; }

    /// <summary>Prints the closing summary for people.</summary>
    public required Action<TrainingSummary> Print { get; init; }

    public Command Create()
    {
        var config = new Option<string>("--config")
        {
            Description = "YAML recipe: the same names in snake_case. Flags override it.",
            HelpName = "FILE",
        };
        var resume = new Option<bool>("--resume") { Description = "Go on from the newest checkpoint in the output folder." };
        var json = new Option<bool>("--json") { Description = "Print the closing summary as one JSON object." };
        var dryRun = new Option<bool>("--dry-run")
        {
            Description =
                "Say what the run would do, take and cost, check what can be checked before the first step, and stop. Nothing is written.",
        };
        var ranks = new Option<int>("--ranks")
        {
            Description = "With --dry-run: also what each of so many processes would take (mpirun -n N).",
            HelpName = "N",
        };
        var overfit = new Option<bool>("--overfit-batch")
        {
            Description =
                $"As --dry-run, and train on the {Rows} of the first update alone: they must be learned by heart within 100 updates.",
        };
        var settings = Setting.Of(Kind).Select(FlagOf).ToList();
        // Named in the reference and not settings here: they are flags so that their refusal can say why.
        var elsewhere = SettingsReader
            .OtherNames.Select(name =>
                (
                    name,
                    option: new Option<string[]>(FlagName(name))
                    {
                        Hidden = true,
                        Arity = ArgumentArity.ZeroOrOne,
                        CustomParser = Texts,
                    }
                )
            )
            .ToList();
        var command = new Command(Name.Split(' ')[^1], Description) { config, resume, dryRun, ranks, json, overfit };
        var overwrite = new OverwriteOption(command);
        foreach (var (_, option) in settings)
            command.Add(option);
        foreach (var (_, option) in elsewhere)
            command.Add(option);
        command.Add(
            new HelpOption
            {
                Action = new TrainHelp(
                    this,
                    [config, resume, dryRun, ranks, overfit, json, .. command.Options.Where(option => option.Name == "--overwrite")]
                ),
            }
        );
        command.SetAction(parsed =>
            Run(
                parsed.GetValue(config),
                [
                    .. settings
                        .Where(s => parsed.GetResult(s.Option) is { Implicit: false })
                        .Select(s => new GivenSetting(s.Setting.Name, Values(parsed, s.Option), s.Setting.Flag)),
                    .. elsewhere
                        .Where(e => parsed.GetResult(e.option) is { Implicit: false })
                        .Select(e => new GivenSetting(e.name, Values(parsed, e.option), FlagName(e.name))),
                ],
                parsed.GetValue(resume) ? RunStart.Resume : RunStart.Fresh,
                parsed.GetValue(overfit) ? Preview.OverfitBatch
                    : parsed.GetValue(dryRun) ? Preview.DryRun
                    : Preview.None,
                parsed.GetResult(ranks) is { Implicit: false } ? parsed.GetValue(ranks) : null,
                overwrite.Read(parsed),
                parsed.GetValue(json)
            )
        );
        return command;
    }

    private static string FlagName(string name) => "--" + name.Replace('_', '-');

    /// <summary>The flag of a setting, for every verb that trains.</summary>
    internal static (Setting Setting, Option<string[]> Option) FlagOf(Setting setting) =>
        (
            setting,
            new SettingOption(setting.Flag)
            {
                Description = setting.Description,
                CustomParser = Texts,
                AllowMultipleArgumentsPerToken = setting.IsList,
                Arity =
                    setting.IsList ? ArgumentArity.OneOrMore
                    : setting.IsSwitch ? ArgumentArity.ZeroOrOne
                    : ArgumentArity.ExactlyOne,
            }
        );

    /// <summary>Whether an option is a setting's flag.</summary>
    internal static bool IsSetting(Option option) => option is SettingOption;

    private sealed class SettingOption(string name) : Option<string[]>(name);

    private static string[] Texts(ArgumentResult argument) => [.. argument.Tokens.Select(token => token.Value)];

    /// <summary>What was given for a flag of <see cref="FlagOf"/>; a bare switch means yes.</summary>
    internal static string[] Values(ParseResult parsed, Option<string[]> option) =>
        parsed.GetValue(option) is { Length: > 0 } values ? values : ["true"];

    private int Run(
        string? recipe,
        IReadOnlyList<GivenSetting> flags,
        RunStart start,
        Preview preview,
        int? previewRanks,
        Existing existing,
        bool asJson
    )
    {
        var notes = new List<string>();
        GivenSetting[] recorded = [.. recipe is null ? [] : Recipe.Read(recipe)];
        var settings = SettingsReader.Read([.. recorded, .. flags], notes, Kind);
        if (previewRanks is not null && preview == Preview.None)
            throw new UsageException("--ranks goes with --dry-run: several processes are started by mpirun -n N or srun");
        if (previewRanks < 1)
            throw new UsageException($"--ranks is {previewRanks}; wanted 1 or more");
        var ranks = RankedRun.Join(settings.RankTimeout);
        if (ranks.IsFirst)
            foreach (var setting in recorded)
                Terminal.Detail($"{setting.Name} {string.Join(' ', setting.Values)} ({setting.Where})");
        if (ranks.IsFirst)
            foreach (var note in notes)
                Terminal.Note(note);
        if (!ranks.IsAlone && settings.Seeds.Count > 0)
            throw new UsageException(
                "--seeds trains one run after the other, and each rank would begin all of them: start a run for each seed (--seed), or one process"
            );
        if (preview != Preview.None && !ranks.IsAlone)
        {
            // Looked at by the first alone.
            ranks.Finish();
            if (!ranks.IsFirst)
                return ExitCode.Success;
            previewRanks ??= ranks.Size;
            ranks = RankedRun.Leave();
        }
        settings = RankedRun.InTurn(() =>
            settings with
            {
                Data = DataFiles.Expand(settings.Data, FromHub.Data),
                EvalData = DataFiles.Expand(settings.EvalData, FromHub.Data),
            }
        );
        // Read for their pairs, and again for their hashes.
        foreach (var file in settings.Data.Concat(settings.EvalData))
            Pipes.Keep(file);
        if (
            preview == Preview.None
            && start == RunStart.Resume
            && settings is { OutputDir: { } folder, Seeds.Count: 0 }
            && !RunFolder.IsRun(folder)
        )
        {
            if (!WrittenFiles.Read(folder).IsUnfinished(Name))
                throw new UsageException(
                    $"{folder}: there is no run to resume (no {RunRecord.FileName} of assay {Name}); leave out --resume to begin one, or name the folder of the run"
                );
            Terminal.Note($"assay: the run in {folder} was stopped before its first step: it begins anew");
            start = RunStart.Fresh;
        }
        using var claim = preview != Preview.None || !ranks.IsFirst ? null : Claim(settings, recipe, existing);
        var isTerminated = false;
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var export = preview == Preview.None && ranks.IsFirst ? OtlpExport.Start(settings) : null;
        TrainProgress Progress() =>
            new(TimeProvider.System, Terminal.IsInteractive ? TrainingReader.Person : TrainingReader.Log) { Rows = Rows };
        var bySeed = settings.Seeds.Count > 0 && preview == Preview.None;
        SeedsRecord? seeds = null;
        RunOutcome? outcome = null;
        try
        {
            if (bySeed)
                seeds = new SeedRuns(FromHub.Start(settings))
                {
                    Begin = BeginSeed,
                    Train = (own, start, observer) =>
                    {
                        var run = Begin(own);
                        (run.Start, run.Observer) = (start, observer);
                        return run.Execute(stop.Token).Summary!;
                    },
                }.Execute();
            else
            {
                var run = Begin(RankedRun.InTurn(() => FromHub.Start(settings)));
                (run.Start, run.Preview, run.PreviewRanks, run.Ranks) = (start, preview, previewRanks ?? 1, ranks);
                run.Observer = ranks.IsFirst ? Progress().Observer : TrainingObserver.None;
                outcome = run.Execute(stop.Token);
            }
        }
        catch (AlarmException alarm)
        {
            Terminal.EndLive();
            if (!RankedRun.HasSpoken())
                Console.Error.WriteLine($"assay: {alarm.Message}");
            return ExitCode.CheckFailed;
        }
        catch (OperationCanceledException) when (isTerminated)
        {
            Terminal.EndLive();
            if (!RankedRun.HasSpoken())
                Console.Error.WriteLine("assay: stopped");
            return ExitCode.Terminated;
        }
        finally
        {
            Terminal.EndLive();
        }
        ranks.Finish();
        if (!ranks.IsFirst)
            return ExitCode.Success;
        if (seeds is not null)
            Told(seeds, SeedTable.Print);
        if (outcome?.Looked is { } looked)
            Told(looked, DryRunTable.Print);
        if (outcome?.Summary is { } summary)
            Told(summary, Print);
        return outcome?.Looked?.IsFine == false ? ExitCode.CheckFailed : ExitCode.Success;

        void Told<T>(T record, Action<T> print)
        {
            if (asJson)
                Terminal.PrintRecord(record);
            else
                print(record);
        }

        TrainingObserver BeginSeed(long seed, int at, bool isFinished)
        {
            Terminal.EndLive();
            Terminal.Note($"seed {seed}, run {at + 1} of {settings.SeedList.Count}{(isFinished ? ": finished, kept" : "")}");
            return Progress().Observer;
        }

        // The update in progress is finished and a checkpoint written; a second signal ends the process at once.
        void Stop(PosixSignalContext context)
        {
            if (stop.IsCancellationRequested)
                return;
            context.Cancel = true;
            isTerminated = context.Signal == PosixSignal.SIGTERM;
            Terminal.Note("stopping after this update, with a checkpoint; a second signal (Ctrl-C) stops at once");
            stop.Cancel();
        }
    }

    /// <summary>Null where settings are missing, which the run itself says.</summary>
    private OutputClaim? Claim(TrainingSettings settings, string? recipe, Existing existing)
    {
        if (settings is not { OutputDir: { } output, Model: { } model })
            return null;
        // Whether a run that is there may be gone on with, the run itself says.
        var foreign = RunFolder.IsRun(output) ? Existing.Overwrite : existing;
        return OutputClaim.WholeFolder(
            Name,
            output,
            [
                ModelFolder.Of(model),
                .. settings.Data,
                .. settings.EvalData,
                settings.Split,
                settings.ChatTemplate,
                recipe,
                settings.RefModel is { } reference ? ModelFolder.Of(reference) : null,
            ],
            foreign
        );
    }

    /// <summary>The help: the settings by group, with defaults, and examples.</summary>
    private sealed class TrainHelp(TrainingVerb verb, IReadOnlyList<Option> first) : SynchronousCommandLineAction
    {
        private const int Column = 34;

        public override int Invoke(ParseResult parsed)
        {
            var output = parsed.InvocationConfiguration.Output;
            output.WriteLine(verb.Description + "\n");
            output.WriteLine($"Usage: assay {verb.Name} --model DIR_GGUF_OR_NAME --data FILE… --output-dir DIR [settings]\n");
            foreach (var option in first)
                WriteLine(output, option.HelpName is { } value ? $"{option.Name} {value}" : option.Name, option.Description ?? "");
            foreach (var group in Setting.Of(verb.Kind).GroupBy(s => s.Group))
            {
                output.WriteLine($"\n{group.Key}:");
                foreach (var setting in group)
                    WriteLine(output, setting.Flag, setting.Description + (setting.DefaultText is { } value ? $" [{value}]" : ""));
            }
            output.WriteLine("\n" + verb.Closing);
            return ExitCode.Success;
        }

        private static void WriteLine(TextWriter output, string name, string description)
        {
            var width = Math.Max(40, Math.Min(118, Terminal.TableWidth) - Column);
            var lead = "  " + name.PadRight(Column - 3) + " ";
            foreach (var line in Wrap(description, width))
            {
                output.WriteLine(lead + line);
                lead = new string(' ', Column);
            }
        }

        private static IEnumerable<string> Wrap(string text, int width)
        {
            while (text.Length > width && text.LastIndexOf(' ', width) is > 0 and var at)
            {
                yield return text[..at];
                text = text[(at + 1)..];
            }
            yield return text;
        }
    }
}
