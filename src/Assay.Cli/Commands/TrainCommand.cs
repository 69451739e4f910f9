using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Assay.Cli.Outputs;
using Assay.Cli.Training;
using Assay.Data.Reading;
using Assay.Reward.Training;
using Assay.Reward.Training.Alarms;
using Assay.Reward.Training.Preflight;
using Assay.Reward.Training.Settings;

namespace Assay.Cli.Commands;

/// <summary><c>assay train</c>: pairs and a checkpoint in, a reward model's folder out. Its flags are the settings of <see cref="TrainingSettings"/>.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var config = new Option<string>("--config") { Description = "YAML recipe: the same names in snake_case. Flags override it.", HelpName = "FILE" };
        var resume = new Option<bool>("--resume") { Description = "Go on from the newest checkpoint in the output folder." };
        var json = new Option<bool>("--json") { Description = "Print the closing summary as one JSON object." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Say what the run would do, take and cost, check what can be checked before the first step, and stop. Nothing is written." };
        var overfit = new Option<bool>("--overfit-batch") { Description = "As --dry-run, and train on the pairs of the first update alone: they must be learned by heart within 100 updates." };
        var settings = Setting.All.Select(FlagOf).ToList();
        // Named in the reference and not settings here: they are flags so that their refusal can say why.
        var elsewhere = SettingsReader.OtherNames.Select(name => (name, option: new Option<string[]>(FlagName(name)) { Hidden = true, Arity = ArgumentArity.ZeroOrOne, CustomParser = Texts })).ToList();
        var command = new Command("train", "Train a reward model (Bradley-Terry) from a checkpoint on preference pairs.") { config, resume, dryRun, overfit, json };
        var overwrite = new OverwriteOption(command);
        foreach (var (_, option) in settings) command.Add(option);
        foreach (var (_, option) in elsewhere) command.Add(option);
        command.Add(new HelpOption { Action = new TrainHelp([config, resume, dryRun, overfit, json, .. command.Options.Where(option => option.Name == "--overwrite")]) });
        command.SetAction(parsed => Run(
            parsed.GetValue(config),
            [.. settings.Where(s => parsed.GetResult(s.Option) is { Implicit: false }).Select(s => new GivenSetting(s.Setting.Name, Values(parsed, s.Option), s.Setting.Flag)),
                .. elsewhere.Where(e => parsed.GetResult(e.option) is { Implicit: false }).Select(e => new GivenSetting(e.name, Values(parsed, e.option), FlagName(e.name)))],
            parsed.GetValue(resume) ? RunStart.Resume : RunStart.Fresh,
            parsed.GetValue(overfit) ? Preview.OverfitBatch : parsed.GetValue(dryRun) ? Preview.DryRun : Preview.None,
            overwrite.Read(parsed),
            parsed.GetValue(json)));
        return command;
    }

    private static string FlagName(string name) => "--" + name.Replace('_', '-');

    /// <summary>The flag of a setting, for every verb that trains.</summary>
    internal static (Setting Setting, Option<string[]> Option) FlagOf(Setting setting) => (setting, new Option<string[]>(setting.Flag)
    {
        Description = setting.Description,
        CustomParser = Texts,
        AllowMultipleArgumentsPerToken = setting.IsList,
        Arity = setting.IsList ? ArgumentArity.OneOrMore : setting.IsSwitch ? ArgumentArity.ZeroOrOne : ArgumentArity.ExactlyOne,
    });

    private static string[] Texts(ArgumentResult argument) => [.. argument.Tokens.Select(token => token.Value)];

    /// <summary>What was given for a flag of <see cref="FlagOf"/>; a bare switch means yes.</summary>
    internal static string[] Values(ParseResult parsed, Option<string[]> option) => parsed.GetValue(option) is { Length: > 0 } values ? values : ["true"];

    private static int Run(string? recipe, IReadOnlyList<GivenSetting> flags, RunStart start, Preview preview, Existing existing, bool asJson)
    {
        var notes = new List<string>();
        var settings = SettingsReader.Read([.. recipe is null ? [] : Recipe.Read(recipe), .. flags], notes);
        foreach (var note in notes) Terminal.Note(note);
        settings = settings with { Data = DataFiles.Expand(settings.Data, FromHub.Data), EvalData = DataFiles.Expand(settings.EvalData, FromHub.Data) };
        // Read for their pairs, and again for their hashes.
        foreach (var file in settings.Data.Concat(settings.EvalData)) Pipes.Keep(file);
        if (preview == Preview.None && start == RunStart.Resume && settings is { OutputDir: { } folder, Seeds.Count: 0 } && !TrainingRun.IsRunFolder(folder))
        {
            if (!WrittenFiles.Read(folder).IsUnfinished("train")) throw new UsageException($"{folder}: there is no run to resume (no run.json of assay train); leave out --resume to begin one, or name the folder of the run");
            Terminal.Note($"assay: the run in {folder} was stopped before its first step: it begins anew");
            start = RunStart.Fresh;
        }
        using OutputClaim? claim = preview != Preview.None ? null : Claim(settings, recipe, existing);
        var isTerminated = false;
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        TrainProgress Progress() => new(TimeProvider.System, Terminal.IsInteractive ? TrainingReader.Person : TrainingReader.Log);
        bool bySeed = settings.Seeds.Count > 0 && preview == Preview.None;
        JsonObject summary;
        try
        {
            if (bySeed) summary = new SeedRuns(FromHub.Start(settings)) { Begin = Begin }.Execute(stop.Token);
            else summary = new TrainingRun(FromHub.Start(settings), TimeProvider.System) { Start = start, Preview = preview, Observer = Progress().Observer }.Execute(stop.Token);
        }
        catch (AlarmException alarm)
        {
            Terminal.EndLive();
            Console.Error.WriteLine($"assay: {alarm.Message}");
            return ExitCode.CheckFailed;
        }
        catch (OperationCanceledException) when (isTerminated)
        {
            Terminal.EndLive();
            Console.Error.WriteLine("assay: stopped");
            return ExitCode.Terminated;
        }
        finally
        {
            Terminal.EndLive();
        }
        if (asJson) Terminal.PrintJson(summary);
        else if (bySeed) SeedTable.Print(summary);
        else if (preview != Preview.None) DryRunTable.Print(summary);
        else TrainSummary.Print(summary);
        return preview == Preview.None || DryRunTable.IsFine(summary) ? ExitCode.Success : ExitCode.CheckFailed;

        TrainingObserver Begin(long seed, int at, bool isFinished)
        {
            Terminal.EndLive();
            Terminal.Note($"seed {seed}, run {at + 1} of {settings.SeedList.Count}{(isFinished ? ": finished, kept" : "")}");
            return Progress().Observer;
        }

        // The update in progress is finished and a checkpoint written; a second signal ends the process at once.
        void Stop(PosixSignalContext context)
        {
            if (stop.IsCancellationRequested) return;
            context.Cancel = true;
            isTerminated = context.Signal == PosixSignal.SIGTERM;
            Terminal.Note("stopping after this update, with a checkpoint; a second signal (Ctrl-C) stops at once");
            stop.Cancel();
        }
    }

    /// <summary>Null where settings are missing, which the run itself says.</summary>
    private static OutputClaim? Claim(TrainingSettings settings, string? recipe, Existing existing)
    {
        if (settings is not { OutputDir: { } output, Model: { } model }) return null;
        // Whether a run that is there may be gone on with, the run itself says.
        Existing foreign = TrainingRun.IsRunFolder(output) ? Existing.Overwrite : existing;
        return OutputClaim.WholeFolder("train", output, [ModelFolder.Of(model), .. settings.Data, .. settings.EvalData, settings.Split, settings.ChatTemplate, recipe], foreign);
    }

    /// <summary>The help of <c>train</c>: its settings by group, with defaults, and examples.</summary>
    private sealed class TrainHelp(IReadOnlyList<Option> first) : SynchronousCommandLineAction
    {
        private const int Column = 34;

        public override int Invoke(ParseResult parsed)
        {
            var output = parsed.InvocationConfiguration.Output;
            output.WriteLine("Train a reward model (Bradley-Terry) from a checkpoint on preference pairs.\n");
            output.WriteLine("Usage: assay train --model DIR_GGUF_OR_NAME --data FILE… --output-dir DIR [settings]\n");
            foreach (var option in first) WriteLine(output, option.HelpName is { } value ? $"{option.Name} {value}" : option.Name, option.Description ?? "");
            foreach (var group in Setting.All.GroupBy(s => s.Group))
            {
                output.WriteLine($"\n{group.Key}:");
                foreach (var setting in group) WriteLine(output, setting.Flag, setting.Description + (setting.DefaultText is { } value ? $" [{value}]" : ""));
            }
            output.WriteLine("""

                Names and defaults are those of TRL's RewardConfig where it has the setting. Examples:
                  assay train --model all-minilm-l6-v2 --data pairs.jsonl --eval-split 0.1 --output-dir reward --num-train-epochs 1
                  assay train --model Qwen/Qwen3-0.6B --data org/preferences:train --output-dir reward      # of the Hugging Face hub
                  assay train --config runs/hh-minilm.yaml --seed 1 --output-dir runs/out/hh-minilm-1
                  assay train --config runs/hh-minilm.yaml --seeds 5 --output-dir runs/out/hh-minilm        # and once more to go on with what is missing
                  assay train --model Qwen/Qwen3-0.6B --data pairs.jsonl --ensemble-heads 4 --output-dir reward
                  assay train --model Qwen/Qwen3-0.6B --data helpsteer.jsonl --loss-type regression --regression-targets helpfulness verbosity --regression-weights 1 -0.3 --output-dir reward
                  assay train --config runs/hh-minilm.yaml --resume
                  assay train --config runs/hh-minilm.yaml --dry-run
                """);
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
